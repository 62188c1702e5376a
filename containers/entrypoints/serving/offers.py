"""What an application can do about an offer to change the protocol, on a server that follows it."""

from collections.abc import Awaitable
from typing import cast

from litestar.types import ASGIApp

from service.http.asgi import App, Message, Receive, Scope, Send


def end_after_offers(app: ASGIApp) -> ASGIApp:
    """Close the connection after a request with the header Upgrade.

    uvicorn over httptools reads what follows such a head as another request, and not as its body. The connections of
    `shapeshift serve` take the header away, so that nothing is left to do here.
    """
    answer = cast(App, app)

    def ended(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        for name, _ in scope.get("headers", ()):
            if name == b"upgrade":
                return answer(scope, receive, _closing(send))
        return answer(scope, receive, send)

    return cast(ASGIApp, ended)


def _closing(send: Send) -> Send:
    async def send_and_close(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [header for header in message["headers"] if header[0] != b"connection"]
            message["headers"] = [*kept, (b"connection", b"close")]
        await send(message)

    return send_and_close
