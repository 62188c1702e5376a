"""Bare ASGI: what a server, or Mangum, costs by itself. Every user is the same one."""

from typing import Any

from mangum import Mangum

from benchmarks.peers.constant import BODY, HEADERS, LINE, LOCATION


def _start(status: int, headers: dict[str, str]) -> dict[str, Any]:
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": encoded}


CREATED = _start(201, {**HEADERS, **LOCATION})
FOUND = _start(200, HEADERS)
USER = {"type": "http.response.body", "body": BODY.encode()}


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Read the request, answer it, and say so in the log."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    start = CREATED if scope["method"] == "POST" else FOUND
    # A copy each time, since the server may add to it.
    await send({**start, "headers": [*start["headers"]]})
    await send(dict(USER))
    print(LINE % (scope["method"], start["status"]), flush=True)


handler = Mangum(app, lifespan="off")
