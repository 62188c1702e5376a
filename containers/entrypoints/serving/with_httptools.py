"""uvicorn's protocol over httptools, guarded, and right where httptools is not."""

import asyncio
from time import monotonic
from typing import Any, Final, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from containers.entrypoints.serving.costs import request_cost
from containers.entrypoints.serving.guarded import GuardedConnection
from containers.entrypoints.serving.overload import is_draining, refusal
from service.http.middleware.deadline import ARRIVED

_SPECIAL: Final = {b"expect", b"transfer-encoding"}


class RefusedHead(Exception):
    """A head that httptools accepts and we do not."""


class HttptoolsConnection(GuardedConnection, HttpToolsProtocol):
    """An offer to change the protocol is ignored, and so are trailers. One parser serves one connection."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._in_body = False
        self._has_offer = False
        self._is_chunked = False
        self._is_refused = False
        """Whether the request is refused because of the load. What arrives of its body is not kept."""
        self._stays_open = True
        """Whether the connection stays open after it."""
        self._status = 400

    def in_body(self) -> bool:
        """Whether a head is complete and its body is not."""
        return self._in_body

    def is_behind(self) -> bool:
        """Whether the next request has to wait."""
        return bool(self.pipeline)

    def parse(self, piece: memoryview) -> None:
        """Parse some bytes. Sets `overhead` to 0 on progress."""
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade as offer:
            self._ignore_offer(piece[offer.args[0] :])
        except httptools.HttpParserError:
            self.refuse(self._status)
        if self._is_refused and self.headers is not None:
            self._send_overload()  # its body has not arrived, which is not waited for

    def _ignore_offer(self, rest: memoryview) -> None:
        """Have the head parsed again without the offer, after which httptools would leave out the body."""
        lines = [b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())]
        lines += [b"%s: %s" % header for header in self.headers]
        self._has_offer = False
        self.parser = httptools.HttpRequestParser(self)
        self.parse(memoryview(b"\r\n".join([*lines, b"", b""])))
        if rest and not self.refusal:
            self.parse(rest)

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._is_chunked = False
        self.overhead = self.overhead or 1  # a head that begins within a piece has begun, too

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; not an offer, and not a trailer, which httptools reports alike (RFC 9110, 6.5.1)."""
        if self._in_body:
            return
        name = name.lower()
        if name == b"upgrade":
            return
        if name in _SPECIAL:
            self._read_special(name, value.lower())
        self.headers.append((name, value))

    def _read_special(self, name: bytes, value: bytes) -> None:
        if name == b"expect":
            self.expect_100_continue = value == b"100-continue"
        elif value != b"chunked":
            self._refuse_head(501)  # RFC 9112, 6.1: a transfer coding that we do not know
        else:
            self._is_chunked = True

    def _refuse_head(self, status: int) -> None:
        self._status = status
        raise RefusedHead

    def on_headers_complete(self) -> None:
        """Begin to answer, unless the head is one to be refused, or parsed again."""
        if self.parser.should_upgrade():
            if self.parser.get_method() == b"CONNECT":
                self._refuse_head(501)
            self._has_offer = True
            return
        version = self.parser.get_http_version()
        if version != "1.1" and (version != "1.0" or self._is_chunked):
            self._refuse_head(505 if version != "1.0" else 400)  # RFC 9112, 6.1: chunks are none of HTTP/1.0
        self._in_body = True
        self.overhead = 0
        admission = self.guard.admission
        if admission is None or self.is_answering() or is_draining():  # if it has to wait, it is admitted in its turn
            self._begin_request()
        elif admission.admits(self._path()):
            self.scope[ARRIVED] = monotonic()  # type: ignore[typeddict-unknown-key]  # a key of ours
            self._begin_request()
            admission.expect()  # not before: what cannot be begun would count for ever
        else:
            admission.note_refusal()
            self._is_refused = True

    def _path(self) -> str:
        """The path that is asked for, also if it is asked for with a host (RFC 9112, 3.2.2)."""
        url = self.url if self.url.startswith(b"/") else httptools.parse_url(self.url).path or b""
        return url.decode("ascii", "replace")

    def _begin_request(self) -> None:
        self.taken += request_cost(self.overhead, self.headers)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take some of a body."""
        self.overhead = 0
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End a body."""
        if self._has_offer:
            return
        self._in_body = False
        self.overhead = 0
        if self._is_refused:
            self._end_refused()
            return
        super().on_message_complete()
        if not self.parser.should_keep_alive():  # also after a trailer `Connection: close`: httptools reads no further
            self.cycle.keep_alive = False
            if self.cycle.response_complete:
                self.transport.close()
        if self.cycle.response_complete:
            self._release_request()

    def _send_overload(self) -> None:
        """Refuse the request. A caller that waits for 100 may leave out the body, so that nothing can follow it."""
        waits = self._in_body and self.expect_100_continue
        self._stays_open = self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0" and not waits
        has_body = self.parser.get_method() != b"HEAD"
        further = self.server_state.default_headers
        self.transport.write(refusal(self.headers, further, has_body=has_body, keeps_open=self._stays_open))
        self.scope = self.headers = cast(Any, None)
        self.guard.renew(self)

    def _end_refused(self) -> None:
        """End a request that is refused, when its body has arrived."""
        if self.headers is not None:
            self._send_overload()
        self._is_refused = False
        if not self._stays_open:
            self.transport.close()

    def on_response_complete(self) -> None:
        """Begin to answer the next request that waits, if any. The sweep ends idle connections, not a timer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.refusal:
            self.pipeline.clear()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif not self._in_body:
            self._release_request()
        self.proceed()

    def release(self) -> None:
        """Forget the requests that this connection had."""
        self.pipeline.clear()
        self.overhead = 0
        self._release_request()

    def _release_request(self) -> None:
        self.cycle = cast(Any, None)
        if not self.overhead:  # else they are those of the next request, whose head has begun
            self.scope = self.headers = cast(Any, None)
        self.taken = 0
