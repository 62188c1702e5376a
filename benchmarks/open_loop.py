"""Requests at a fixed rate, whether or not answers come.

A caller in a closed loop sends less when a server is slow, and so hides that it is. Here a request is due at its time.
If every connection waits for an answer then, the request waits for a connection, and its latency counts from when it
was due.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from benchmarks.answers import Answers, together

TICK_SECONDS: Final = 0.001
SETTLE_SECONDS: Final = 4.0
"""How long answers are waited for after the last request; those that come later are counted as none."""

Request = tuple[str, bytes]
"""The kind of a request, such as `read`, and its bytes."""

_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class _Connection(asyncio.Protocol):
    """A connection that has at most one request under way."""

    def __init__(self, generator: "_Generator") -> None:
        self._generator = generator
        self._buffer = b""
        self._due = 0.0
        self._kind = ""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self, due: float, request: Request) -> None:
        self._due = due
        self._kind, content = request
        assert self.transport is not None
        self.transport.write(content)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        length = _LENGTH.search(head)
        if length and len(body) < int(length[1]):
            return
        self._buffer = b""
        self._generator.note(self._kind, int(head[9:12]), self._due)
        self._generator.free(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        self.transport = None
        self._generator.lose(self)


class _Generator:
    def __init__(self, requests: Callable[[], Request]) -> None:
        self._loop = asyncio.get_running_loop()
        self._requests = requests
        self.idle: deque[_Connection] = deque()
        self._waiting: deque[tuple[float, Request]] = deque()
        self.answers: dict[str, Answers] = {}
        self._open = 0
        self.settled = asyncio.Event()
        """Whether every request has its answer."""

    async def connect(self, url: str, connections: int) -> None:
        address = urlsplit(url)
        host, port = address.hostname or "", address.port or 80
        for _ in range(connections):
            _, connection = await self._loop.create_connection(lambda: _Connection(self), host, port)
            self.idle.append(connection)

    def offer(self, due: float) -> None:
        request = self.next_request()
        if self.idle:
            self.idle.popleft().send(due, request)
        else:
            self._waiting.append((due, request))

    def next_request(self) -> Request:
        request = self._requests()
        self.answers.setdefault(request[0], Answers()).sent += 1
        self._open += 1
        self.settled.clear()
        return request

    def free(self, connection: _Connection) -> None:
        if self._waiting:
            connection.send(*self._waiting.popleft())
        else:
            self.idle.append(connection)

    def note(self, kind: str, status: int, due: float) -> None:
        self.answers[kind].latencies.setdefault(status, []).append(self._loop.time() - due)
        self._open -= 1
        if not self._open:
            self.settled.set()

    def lose(self, connection: _Connection) -> None:
        if connection in self.idle:
            self.idle.remove(connection)

    def close(self) -> None:
        for connection in self.idle:
            if connection.transport:
                connection.transport.abort()


class _ClosedGenerator(_Generator):
    """Each connection sends its next request when it has an answer, until `ends`."""

    ends = 0.0

    def free(self, connection: _Connection) -> None:
        if (now := self._loop.time()) < self.ends:
            connection.send(now, self.next_request())
        else:
            self.idle.append(connection)


async def open_loop(
    url: str, requests: Callable[[], Request], *, rate: float, seconds: float, connections: int
) -> dict[str, Answers]:
    """Send so many requests a second, and return their answers by the kind of request."""
    generator = _Generator(requests)
    await generator.connect(url, connections)
    loop = asyncio.get_running_loop()
    began, offered = loop.time(), 0
    while (now := loop.time()) < began + seconds:
        while offered < (now - began) * rate:
            generator.offer(began + offered / rate)
            offered += 1
        await asyncio.sleep(TICK_SECONDS)
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLE_SECONDS):
            await generator.settled.wait()
    generator.close()
    return generator.answers


async def closed_loop(url: str, requests: Callable[[], Request], *, seconds: float, connections: int) -> float:
    """Return how many requests a second are answered with a success when each connection waits for its answer."""
    generator = _ClosedGenerator(requests)
    await generator.connect(url, connections)
    generator.ends = asyncio.get_running_loop().time() + seconds
    while generator.idle:
        generator.free(generator.idle.popleft())
    await asyncio.sleep(seconds)
    generator.close()
    return together(generator.answers.values()).within(60) / seconds
