"""One log line for each request, with nothing in it that a caller may want kept secret."""

from collections.abc import Iterable
from time import perf_counter

import structlog

from service.http.asgi import App, Message, Receive, Scope, Send

logger = structlog.get_logger("shapeshift.access")


def log_access(app: App, trusted_hops: int) -> App:
    """Log method, path template, status, milliseconds, client and request id. No query, no body, no real path."""

    async def logged(scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        status = 500

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, send_noting_status)
        finally:
            logger.info(
                "request",
                method=scope["method"],
                path=scope.get("path_template", "-"),
                status=status,
                ms=round((perf_counter() - began) * 1000, 1),
                client=client_address(scope, trusted_hops),
                request_id=scope["state"]["request_id"],
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
