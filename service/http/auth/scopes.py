"""What each operation needs: the only place that says so."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from service.domain.entities import ENTITIES

OPEN: Final = frozenset(
    (
        "/",  # shows how much there is only to those who may read it
        "/.well-known/oauth-protected-resource",
        "/api/health",
        "/api/health/live",
        "/api/health/ready",
        "/health",
        "/schema",
        "/schema/openapi.json",
        "/sign-in",
        "/sign-out",
        "/signed-in",
        "/static/{file_name}",
    )
)
"""The paths that need nothing."""

_READING: Final = frozenset(("GET", "HEAD"))


class UndeclaredOperation(Exception):
    """An operation of which nothing says what it needs. It is not served."""


@cache
def needed_scope(path: str, method: str) -> str | None:
    """Return the scope that an operation needs, without the issuer's prefix; None where it needs nothing.

    Each path of an entity, of the API and of the web pages, needs `<entity>:read` for GET and HEAD, else
    `<entity>:write`. Raises `UndeclaredOperation` for any other path that is not one of `OPEN`.
    """
    if path in OPEN:
        return None
    entity = path.removeprefix("/api/").removeprefix("/").partition("/")[0]
    if entity not in ENTITIES:
        raise UndeclaredOperation(f"{method} {path} needs no scope that is declared: declare it in scopes.py.")
    return f"{entity}:{'read' if method in _READING else 'write'}"


def scopes_of(entities: Iterable[str]) -> list[str]:
    """Return all scopes of these entities."""
    return [f"{entity}:{action}" for entity in entities for action in ("read", "write")]
