"""Requests as ASGI has them, for what a client would hide: a body that is cut off, or one that HEAD should not have."""

from collections.abc import Iterable
from typing import Any


async def ask_raw(
    container: Any, method: str, path: str, received: Iterable[dict[str, Any]] = (), **headers: str
) -> list[Any]:
    """The messages that the application sends when it is given that request and receives these messages."""
    messages = list(received) or [{"type": "http.request", "body": b"", "more_body": False}]
    sent: list[Any] = []
    given = {"host": "shop"} | headers
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "server": ("shop", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await container.app()(scope, receive, send)
    return sent
