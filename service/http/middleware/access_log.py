"""One log line for each request, with nothing in it that a caller may want kept secret."""

from collections.abc import Iterable
from time import perf_counter

import structlog

from service.http.asgi import App, Receive, Scope, Send


def log_access(app: App, trusted_hops: int) -> App:
    """Log method, path template, status, milliseconds, client and request id. No query, no body, no real path.

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
                method=scope["method"],
                path=scope.get("path_template", "-"),
                status=state.get("status", 500),
                ms=round((perf_counter() - began) * 1000, 1),
                client=client_address(scope, trusted_hops),
                request_id=state["request_id"],
            )

    return logged


def client_address(scope: Scope, trusted_hops: int) -> str:
    """The address that the outermost trusted proxy saw; what lies to the left of it in X-Forwarded-For is hearsay."""
    peer: str = scope["client"][0] if scope["client"] else "-"
    if not trusted_hops:
        return peer
    seen = _forwarded_for(scope["headers"])
    return seen[-trusted_hops] if len(seen) >= trusted_hops else (seen or [peer])[0]


def _forwarded_for(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    values = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    return [address.strip() for address in ",".join(values).split(",") if address.strip()]
