"""uvicorn's protocol over h11, guarded, and as strict as the one over httptools."""

import asyncio
from typing import Any, cast

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from containers.entrypoints.serving.costs import request_cost
from containers.entrypoints.serving.guarded import HEAD_BYTES, GuardedConnection

_SWITCHING = h11.MIGHT_SWITCH_PROTOCOL  # type: ignore[attr-defined]  # documented, but not in h11's __all__
_NEXT_WAITS = {h11.DONE, h11.MUST_CLOSE, _SWITCHING}

_VERSIONS = {b"1.0", b"1.1"}


class StrictConnection(h11.Connection):
    """Refuses CONNECT and heads whose framing is ambiguous, and counts events, by which progress is seen."""

    def __init__(self) -> None:
        super().__init__(h11.SERVER, 2 * HEAD_BYTES)  # never reached: what feeds it has its own limit
        self.events = 0
        self.status = 400
        self.in_body = False
        """Whether a head is complete and its body is not; h11 forgets it when it finds a fault."""

    def next_event(self) -> Any:
        """The next event. Raises `h11.RemoteProtocolError`, and sets `status`, for what is no request we serve."""
        try:
            event = super().next_event()
            if isinstance(event, h11.Request):
                _check(event)
                self.in_body = True
            elif isinstance(event, h11.EndOfMessage):
                self.in_body = False
        except h11.RemoteProtocolError as error:
            self.status = error.error_status_hint
            raise
        if event is not h11.NEED_DATA and event is not h11.PAUSED:
            self.events += 1
        return event


def _check(request: h11.Request) -> None:
    names = {name for name, _ in request.headers}
    if request.method == b"CONNECT":
        raise h11.RemoteProtocolError("this is no proxy", 501)
    if request.http_version not in _VERSIONS:
        raise h11.RemoteProtocolError("the version is unknown", 505)
    if b"transfer-encoding" in names and (b"content-length" in names or request.http_version != b"1.1"):
        raise h11.RemoteProtocolError("the framing is faulty (RFC 9112, 6.1)")


class H11Connection(GuardedConnection, H11Protocol):
    """An offer to change the protocol is ignored; h11 and uvicorn ignore trailers by themselves."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn: StrictConnection = StrictConnection()

    def in_body(self) -> bool:
        """Whether a head is complete and its body is not."""
        return self.conn.in_body

    def is_behind(self) -> bool:
        """Whether the next request has to wait."""
        return self.conn.their_state in _NEXT_WAITS

    def parse(self, piece: memoryview) -> None:
        """Parse some bytes. Sets `overhead` to 0 on progress."""
        events = self.conn.events
        self.conn.receive_data(bytes(piece))
        self.handle_events()
        if self.conn.events != events:
            self.overhead = 0

    def _should_upgrade(self) -> bool:
        """Asked once for each head, before it is answered."""
        self.headers[:] = [header for header in self.headers if header[0] != b"upgrade"]
        self.taken = request_cost(self.overhead, self.headers)
        return False

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's signature
        """Refuse what h11 or we cannot accept."""
        self.refuse(self.conn.status)

    def on_response_complete(self) -> None:
        """Begin to answer the next request, if it has arrived. The sweep ends idle connections, not a timer."""
        super().on_response_complete()
        self._unset_keepalive_if_required()
        if self.transport.is_closing():
            return
        if not self.is_answering() and not self.in_body():
            self.release()
        self.proceed()

    def release(self) -> None:
        """Forget the request that this connection had."""
        self.scope = self.headers = self.cycle = cast(Any, None)
        self.taken = 0
