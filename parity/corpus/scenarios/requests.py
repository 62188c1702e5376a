"""Paths, methods, spellings and headers."""

from collections.abc import Iterator
from typing import Final

from parity.calls import Call
from parity.corpus.building import ask, send
from parity.corpus.headers import HEADERS, HOSTS, REQUEST_IDS
from parity.corpus.scenarios.parts import ORDERS, USERS, change
from parity.corpus.texts import PATHS, SEGMENTS

PLAIN_PATHS: Final = (USERS, ORDERS, "/api/health", "/api/health/live", "/api/health/ready", "/schema/openapi.json")


def routes() -> Iterator[Call]:
    """Paths and methods that exist and that do not."""
    for number, path in enumerate(PLAIN_PATHS):
        for method in ("GET", "HEAD", "PUT", "OPTIONS", "DELETE"):
            yield ask(f"{method.lower()}-route-{number}", method, path)
    for path in (f"{USERS}/<<id:ada>>", f"{ORDERS}/<<id:tea>>"):
        for method in ("HEAD", "PUT", "POST"):
            yield ask(f"{method.lower()}-{path.split('/')[2]}-item", method, path)
    for number, path in enumerate(PATHS):
        yield ask(f"path-{number}", "GET", path)
    yield send("post-slash", "POST", f"{USERS}/", {})
    yield send("patch-slash", "PATCH", f"{ORDERS}/", {})
    yield ask("patch-deeper", "PATCH", f"{ORDERS}/a/b")


def spellings() -> Iterator[Call]:
    """The same path, id and header in many spellings."""
    for number, segment in enumerate(SEGMENTS):
        yield ask(f"user-spelled-{number}", "GET", f"{USERS}/{segment}")
        yield ask(f"order-spelled-{number}", "DELETE", f"{ORDERS}/{segment}")
        yield change(f"change-spelled-{number}", segment, "completed")
    yield ask("user-spelled-ada", "HEAD", f"{USERS}/%30<<id:ada>>")
    for number, request_id in enumerate(REQUEST_IDS):
        yield ask(f"request-id-{number}", "GET", f"{USERS}/nobody", "", ("x-request-id", request_id))
    yield ask("two-ids", "GET", USERS, "limit=0", ("x-request-id", "first"), ("x-request-id", "second"))
    yield ask("one-client", "GET", "/api/health/live", "", ("x-forwarded-for", "203.0.113.77"))
    yield ask("two-cookies", "GET", "/api/health/live", "", ("cookie", "a=1"), ("cookie", "b=2; c=3"))
    for number, header in enumerate(HEADERS):
        yield ask(f"header-{number}", "GET", f"{USERS}/<<id:ada>>", "", header)
    for number, host in enumerate(HOSTS):
        yield ask(f"host-{number}", "GET", "/api/health/live", "", ("host", host))
    unfit_host = ("host", "sh op.example")
    for number, path in enumerate((*PLAIN_PATHS, f"{USERS}/<<id:ada>>", f"{ORDERS}/<<id:tea>>")):
        for method in ("GET", "HEAD", "DELETE", "POST"):
            yield ask(f"{method.lower()}-unfit-host-{number}", method, path, "", unfit_host)
