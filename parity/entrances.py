"""The ways into an application: a real server on loopback, and the Lambda handler by each source of events."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import uvicorn
from litestar import Litestar

from containers.entrypoints.events import HttpEvent
from containers.entrypoints.invocations import Lifespan, handler_of, keep_open
from containers.entrypoints.server import OPTIONS
from parity.calls import Answer, Call
from parity.events import PEER, SOURCES, Source
from parity.logs import AccessLog
from parity.wire import Wire

PATIENCE_SECONDS = 20.0


class Server:
    """uvicorn as `shapeshift serve` sets it up, in a thread, on a port of its own, for one application at a time."""

    def __init__(self, log: AccessLog) -> None:
        """It listens as soon as this returns."""
        self._log = log
        self._socket = socket.create_server((PEER, 0))
        self._wire = Wire(f"http://{PEER}:{self._socket.getsockname()[1]}")
        self._server = uvicorn.Server(uvicorn.Config(self._serve, interface="asgi3", **{**OPTIONS, "lifespan": "off"}))
        self._app: Any = None
        running: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(running)), daemon=True)
        self._thread.start()
        self._loop = running.result(PATIENCE_SECONDS)

    def answer(self, call: Call) -> Answer:
        """What the application answers over a socket."""
        return replace(self._wire.answer(call), logged=self._log.line())

    @contextmanager
    def serving(self, app: Litestar) -> Iterator["Server"]:
        """The server in front of that application, which is open until the block ends."""
        opened: Future[None] = Future()
        ending = asyncio.Event()
        life = asyncio.run_coroutine_threadsafe(keep_open(app, opened, ending), self._loop)
        opened.result(PATIENCE_SECONDS)
        self._app = app
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(ending.set)
            life.result(PATIENCE_SECONDS)

    def close(self) -> None:
        """Stop listening."""
        self._server.should_exit = True
        self._thread.join(PATIENCE_SECONDS)
        self._socket.close()

    async def _run(self, running: "Future[asyncio.AbstractEventLoop]") -> None:
        running.set_result(asyncio.get_running_loop())
        await self._server.serve(sockets=[self._socket])

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app(scope, receive, send)


class Function:
    """The Lambda handler, invoked by a source of events."""

    def __init__(self, app: Litestar, source: Source, http_event: type[HttpEvent], log: AccessLog) -> None:
        self._handler = handler_of(app, http_event)
        self._source = source
        self._log = log

    def answer(self, call: Call) -> Answer:
        """What the source makes of what the handler returns. A function that fails is a bad gateway to its callers."""
        try:
            result = self._handler(self._source.event(call), None)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is an answer
            return Answer(502, (), repr(error).encode())
        return replace(self._source.answer(result), logged=self._log.line())


@contextmanager
def invoking(app: Litestar, entrance: str, http_event: type[HttpEvent], log: AccessLog) -> Iterator[Function]:
    """The handler over that application, which is open until the block ends."""
    lifespan = Lifespan(app)
    try:
        yield Function(app, SOURCES[entrance], http_event, log)
    finally:
        lifespan.close()
        asyncio.set_event_loop(None)
