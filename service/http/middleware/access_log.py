"""One log line for each request, and the causes of those that could not be served. No line has text of the caller."""

from time import perf_counter
from typing import Final

import structlog

from service.http.asgi import App, Receive, Scope, Send
from service.http.caller import subject_of
from service.http.middleware.client_address import client_address
from service.http.unavailable import CauseLog, causes_of

_LONGEST_METHOD: Final = 20


def log_access(app: App, trusted_hops: int, causes: CauseLog, *, shows_subject: bool = False) -> App:
    """Log method, path template, status, milliseconds, client and request id. No query, no body, no real path.

    `shows_subject`: also the `sub` of whoever is authenticated.

    The status and the id are those that `add_headers` notes in the request's state.
    """
    log = structlog.get_logger("shapeshift.access").bind().info  # as it is configured by now

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        try:
            await app(scope, receive, send)
        finally:
            state = scope["state"]
            log(
                "request",
                method=_shown(scope["method"]),
                path=scope.get("path_template", "-"),
                status=state.get("status", 500),
                ms=round((perf_counter() - began) * 1000, 1),
                client=client_address(scope, trusted_hops),
                request_id=state["request_id"],
                **({"sub": subject_of(scope)} if shows_subject else {}),
            )
            for cause in causes_of(state):
                causes.write(cause, state["request_id"])

    return logged


def _shown(method: str) -> str:
    """The method, which a caller can make up (RFC 9110, 9.1), if it is short and printable; else `-`."""
    return method if len(method) <= _LONGEST_METHOD and method.isascii() and method.isprintable() else "-"
