"""What every handler answers with."""

from collections.abc import Mapping
from typing import Any, Final, Self

from service.http.asgi import Receive, Scope, Send, encoded

JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"


class Answer:
    """A whole response. It is an ASGI app, which Litestar sends as it is (ADR 15)."""

    __slots__ = ("body", "headers", "media_type", "status")

    def __init__(
        self, body: bytes, status: int = 200, media_type: str = JSON, headers: Mapping[str, str] | None = None
    ) -> None:
        self.body = body
        self.status = status
        self.media_type = media_type
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's signature
        headers = encoded(self.headers) if self.headers else []
        if self.media_type:
            headers += (b"content-type", self.media_type.encode()), (b"content-length", b"%d" % len(self.body))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})

    def to_asgi_response(self, **_: Any) -> Self:
        """What Litestar asks of the response to an exception."""
        return self
