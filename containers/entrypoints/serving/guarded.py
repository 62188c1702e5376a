"""What a connection does whichever library parses it: read within limits, refuse, give memory back."""

import asyncio
from typing import Any, Final
from weakref import WeakKeyDictionary

from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.server import ServerState

from containers.entrypoints.serving.connections import SMALL_HEAD, Connections
from containers.entrypoints.serving.costs import request_cost
from containers.entrypoints.serving.flood import answer_with
from containers.entrypoints.serving.groups import Group
from containers.entrypoints.serving.overload import refusal_unparsed
from containers.entrypoints.serving.parsed import ParsedConnection
from containers.entrypoints.serving.refusals import refusal, unmapped

HEAD_BYTES: Final = 64 * 1024
# Requests that one piece completes are all queued, so a piece is small.
PIECE_BYTES: Final = 1024
_of_server: WeakKeyDictionary[ServerState, Connections] = WeakKeyDictionary()


class GuardedConnection(ParsedConnection, asyncio.BufferedProtocol):
    """To be mixed into one of uvicorn's protocols, before it. That class parses pieces and reports progress.

    Whatever takes more than 64 KiB without progress is refused: a head (431), or chunk extensions and trailers (400).
    """

    transport: asyncio.Transport
    flow: FlowControl
    client: tuple[str, int] | None
    server: tuple[str, int | None] | None
    loop: asyncio.AbstractEventLoop
    server_state: ServerState
    cycle: Any
    headers: Any

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)  # type: ignore[call-arg]  # uvicorn's class is next
        guard = _of_server.get(server_state)
        if guard is None:
            guard = _of_server[server_state] = Connections(self.loop, config.timeout_keep_alive)
            answer_with(lambda: server_state.default_headers)
        self.guard = guard
        self.held = 0
        self.group: Group | None = None
        self.overhead = 0
        """Bytes since the last progress: of a head that is not complete, or of what is no content of a body."""
        self.taken = 0
        """About how many bytes of memory the requests take that are being answered or wait for it."""
        self.unparsed = b""
        """What was read, and waits until the requests before it have been answered."""
        self.refusal = 0

    def is_answering(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection in, and have uvicorn notified of what the peer has not taken."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)
        self.client = unmapped(self.client)
        self.server = unmapped(self.server)
        self.guard.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give back at once all that the connection kept, without waiting for the garbage collector."""
        super().connection_lost(exc)
        self.guard.remove(self)
        self.unparsed = b""
        self.release()

    def eof_received(self) -> None:
        """Have the transport closed."""

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  # asyncio's signature
        """The buffer that all connections read to."""
        return self.guard.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Parse what was read, or keep it until the requests before it have been answered."""
        data = self.guard.buffer[:nbytes]
        if self.refusal:
            return
        admission = self.guard.admission
        if admission and admission.is_full() and self.group is self.guard.idle:
            answer = refusal_unparsed(admission, data, self.server_state.default_headers)
            if answer:
                self.guard.renew(self)
                self.transport.write(answer)
                return
        if self.unparsed or self.is_behind():
            self.flow.pause_reading()
            self.unparsed += data
            if len(self.unparsed) > HEAD_BYTES:
                self.transport.abort()
        else:
            self.parse_all(data)
        self.settle()

    def parse_all(self, data: memoryview) -> None:
        """Parse in pieces, until the data ends, a request has to wait, or the limit is reached."""
        position = 0
        while position < len(data) and not self.refusal:
            if position and self.is_behind():
                self.flow.pause_reading()
                self.unparsed = bytes(data[position:])
                return
            piece = data[position : position + min(PIECE_BYTES, HEAD_BYTES - self.overhead)]
            position += len(piece)
            self.overhead += len(piece)
            self.parse(piece)
            if self.overhead >= HEAD_BYTES:
                self.refuse(400 if self.in_body() else 431)

    def proceed(self) -> None:
        """After an answer: parse what had to wait, or read on."""
        if self.refusal:
            self._send_refusal()
            return
        if self.unparsed and not self.is_behind():
            data, self.unparsed = memoryview(self.unparsed), b""
            self.parse_all(data)
        if not self.unparsed and not self.is_behind():
            self.flow.resume_reading()
        self.settle()

    def settle(self) -> None:
        """Note what the connection waits for now, and what its head takes in memory."""
        guard = self.guard
        if self.refusal or self.transport.is_closing():
            return
        if self.in_body():
            guard.move(self, guard.bodies)
        elif self.is_answering():
            guard.move(self, None)
        elif self.overhead:
            guard.move(self, guard.heads)
        else:
            guard.move(self, guard.idle)
        size = self.taken + len(self.unparsed)
        if self.overhead:
            size += request_cost(self.overhead, self.headers or ())
        if size > SMALL_HEAD or self.held:
            guard.hold(self, size)

    def refuse(self, status: int) -> None:
        """Answer with this status once the requests before have been answered; nothing after it is a request."""
        if self.refusal:
            return
        self.refusal = status
        self.unparsed = b""
        self.guard.count(f"answered {status}")
        self.guard.move(self, self.guard.refused)
        if not self.is_answering() or (self.in_body() and not self.is_behind()):
            self._send_refusal()

    def _send_refusal(self) -> None:
        """Send it, and go on reading for a moment: closing at once would reset the connection, and lose the answer."""
        if self.is_answering():  # its body is what was refused
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.release()
        self.guard.hold(self, 0)
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self.transport.write(refusal(self.refusal))
            if self.transport.can_write_eof():  # not over TLS; there the sweep closes it
                self.transport.write_eof()

    def shutdown(self) -> None:
        """End the connection, once its request has been answered."""
        if self.refusal:
            self.transport.close()
        else:
            super().shutdown()  # type: ignore[misc]  # uvicorn's class is next

    def pause_writing(self) -> None:
        """Note that the peer has not taken all of an answer."""
        super().pause_writing()
        self.guard.not_read(self)
        if not self.is_answering():  # refusals for the load wait for nothing else
            self.flow.pause_reading()

    def resume_writing(self) -> None:
        """Note that it has."""
        super().resume_writing()
        self.guard.all_read(self)
        if not self.is_answering():
            self.flow.resume_reading()
