"""The headers of every response, among them the id by which a request is found in the log."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from uuid_utils import uuid4

from service.http.asgi import App, Message, Receive, Scope, Send, encoded

# For an API: nothing is to be sniffed, framed, cached by others, or loaded from its answers (OWASP REST Security
# Cheat Sheet). Strict-Transport-Security is the task of what terminates TLS (RFC 6797, 7.2).
SECURITY_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


_OF_THE_API: Final = encoded(SECURITY_HEADERS)
_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def add_headers(app: App, draining: Callable[[], bool]) -> App:
    """Give each request its id (the caller's, if it is valid) and each response the id and the security headers.

    The id and the response's status are noted in the request's state.

    A handler may put others into the request's state, as `security_headers`. While the process drains, each response
    also asks the caller to close the connection: the next one leads to another process.
    """

    async def with_headers(scope: Scope, receive: Receive, send: Send) -> None:
        identity = request_id(scope["headers"])
        state = scope["state"]
        state["request_id"] = identity.decode()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                state["status"] = message["status"]
                security = state.get("security_headers", _OF_THE_API)
                message["headers"] = [*message["headers"], *security, (b"x-request-id", identity)]
                if draining():
                    message["headers"].append((b"connection", b"close"))
            await send(message)

        await app(scope, receive, send_with_headers)

    return with_headers


def request_id(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the id of a request: the caller's, if it is a valid one, else a new one."""
    given = [value for name, value in headers if name == b"x-request-id"]
    if len(given) == 1 and _REQUEST_ID.fullmatch(given[0]):
        return given[0]
    return str(uuid4()).encode()
