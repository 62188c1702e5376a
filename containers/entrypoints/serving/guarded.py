"""What a connection does whichever library parses it: read within limits, refuse, give memory back."""

import asyncio
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.server import ServerState

from containers.entrypoints.serving.connections import SMALL_HEAD, Connections, Group
from containers.entrypoints.serving.overload import refusal_unparsed

if TYPE_CHECKING:  # with `requests_max=0` there is none
    from service.http.middleware.admission import Admission

HEAD_BYTES: Final = 64 * 1024
# Requests that one piece completes are all queued, so a piece is small.
PIECE_BYTES: Final = 1024
HEADER_COST: Final = 250
"""Bytes of memory that a header takes besides its own, in CPython."""
REQUEST_COST: Final = 2_500
"""Bytes of memory that a queued request takes."""
MAPPED_IPV4: Final = "::ffff:"

_of_server: WeakKeyDictionary[ServerState, Connections] = WeakKeyDictionary()


class GuardedConnection(asyncio.BufferedProtocol):
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

    def in_body(self) -> bool:
        """Whether a head is complete and its body is not."""
        raise NotImplementedError

    def is_behind(self) -> bool:
        """Whether the next request has to wait."""
        raise NotImplementedError

    def parse(self, piece: memoryview) -> None:
        """Parse some bytes. Sets `overhead` to 0 on progress."""
        raise NotImplementedError

    def release(self) -> None:
        """Forget the requests that this connection had."""
        raise NotImplementedError

    def is_answering(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection in, and have uvicorn told of whatever the peer has not taken."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)
        self.client = _unmapped(self.client)
        self.server = _unmapped(self.server)
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
        if admission and admission.is_full() and self._refuse_unparsed(admission, data):
            return
        if self.unparsed or self.is_behind():
            self.flow.pause_reading()
            self.unparsed += data
            if len(self.unparsed) > HEAD_BYTES:
                self.transport.abort()
        else:
            self.parse_all(data)
        self.settle()

    def _refuse_unparsed(self, admission: "Admission", data: memoryview) -> bool:
        """Refuse a request for the load, if nothing is parsed or answered yet and its head is plain."""
        if self.group is not self.guard.idle:
            return False
        answer = refusal_unparsed(admission, data, self.server_state.default_headers)
        if answer is None:
            return False
        admission.note_refusal()
        self.guard.renew(self)
        self.transport.write(answer)
        return True

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
            size += self.cost(self.headers or ())
        if size > SMALL_HEAD or self.held:
            guard.hold(self, size)

    def cost(self, headers: Sequence[tuple[bytes, bytes]]) -> int:
        """About how many bytes of memory a request takes with these headers, when its head is all the overhead."""
        return REQUEST_COST + self.overhead + HEADER_COST * len(headers)

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
            self.transport.write(_refusal(self.refusal))
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
        if not self.is_answering():  # what is refused for the load waits for nobody
            self.flow.pause_reading()

    def resume_writing(self) -> None:
        """Note that it has."""
        super().resume_writing()
        self.guard.all_read(self)
        if not self.is_answering():
            self.flow.resume_reading()


def _unmapped(address: Any) -> Any:
    """An IPv4 address as such where a socket for both families has it as part of IPv6 (RFC 4291, 2.5.5.2)."""
    if address and address[0].startswith(MAPPED_IPV4):
        return address[0].removeprefix(MAPPED_IPV4), address[1]
    return address


def _refusal(status: int) -> bytes:
    phrase = HTTPStatus(status).phrase
    body = json.dumps({"type": "about:blank", "title": phrase, "status": status}).encode()
    head = (
        f"HTTP/1.1 {status} {phrase}\r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
