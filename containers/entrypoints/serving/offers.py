"""What an application can do about an offer to change the protocol, on a server that heeds it."""

from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send


def end_after_offers(app: ASGIApp) -> ASGIApp:
    """Close the connection after a request with the header Upgrade.

    uvicorn over httptools reads what follows such a head as another request, and not as its body. The connections of
    `shapeshift serve` take the header away, so that nothing is left to do here.
    """

    async def ended(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not any(name == b"upgrade" for name, _ in scope["headers"]):
            await app(scope, receive, send)
            return

        async def send_and_end(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[Any] = [each for each in message["headers"] if each[0] != b"connection"]
                message["headers"] = [*headers, (b"connection", b"close")]
            await send(message)

        await app(scope, receive, send_and_end)

    return ended
