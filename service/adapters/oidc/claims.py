"""What a token claims (RFC 7519, RFC 9068), once its signature has been checked."""

from collections.abc import Iterator
from itertools import chain
from math import isfinite
from typing import Any, Final

from service.application.authentication import Identity
from service.domain.errors import InvalidToken

LEEWAY_SECONDS: Final = 60.0
"""How far the issuer's clock may be from ours."""

Claims = dict[str, Any]


def check_claims(claims: Claims, issuer: str, audience: str, now: float) -> None:
    """Raise `InvalidToken` for claims of another issuer, for another audience, or for another time."""
    if claims.get("iss") != issuer:
        raise InvalidToken("is from another issuer")
    meant_for = claims.get("aud")
    if meant_for != audience and not (isinstance(meant_for, list) and audience in meant_for):
        raise InvalidToken("is for another audience")
    expires = _time(claims, "exp")
    if expires is None:
        raise InvalidToken("has no time of expiry")
    if now >= expires + LEEWAY_SECONDS:
        raise InvalidToken("has expired")
    begins = _time(claims, "nbf")
    if begins is not None and now < begins - LEEWAY_SECONDS:
        raise InvalidToken("is not valid yet")


def identity_of(claims: Claims, prefix: str) -> Identity:
    """Return who and what checked claims name; scopes without the prefix that the issuer puts before them.

    Raises `InvalidToken` for claims that name nobody.
    """
    kind, subject = next(
        ((kind, claims[kind]) for kind in ("sub", "client_id") if isinstance(claims.get(kind), str) and claims[kind]),
        ("", ""),
    )
    if not kind:
        raise InvalidToken("names neither a subject nor a client")
    scopes = frozenset(_scopes(claims, prefix))
    return Identity(f"{claims['iss']} {kind} {subject}", subject, scopes, float(claims["exp"]))


def _time(claims: Claims, name: str) -> float | None:
    value = claims.get(name)
    if value is None and name not in claims:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not _fits(value):
        raise InvalidToken(f"has a claim {name} that is not a time")
    return float(value)


def _fits(number: float) -> bool:
    try:
        return isfinite(number)
    except OverflowError:  # an integer that is too large for a float
        return False


def _scopes(claims: Claims, prefix: str) -> Iterator[str]:
    """Yield the scopes without the prefix; those that do not have it are of other services.

    `scope` is a string (RFC 9068), `permissions` an array (Auth0), `scp` an array (Okta) or a string (Entra ID). In the
    last one there is no prefix, though scopes are asked for with it.
    """
    scope, scp, permissions = (claims.get(name) for name in ("scope", "scp", "permissions"))
    if isinstance(scp, str):
        yield from scp.split(" ")
    found = [each.split(" ") for each in (scope, scp) if isinstance(each, str)]
    found += [each for each in (scp, permissions) if isinstance(each, list)]
    for each in chain.from_iterable(found):
        if isinstance(each, str) and each.startswith(prefix):
            yield each.removeprefix(prefix)
