"""Requests at a fixed rate, whether or not answers come: `python -m benchmarks.open_loop URL --rate 2000`.

A caller in a closed loop sends less when a server is slow, and so hides that it is. Here a request is due at its time.
If every connection waits for an answer then, the request waits for a connection, and its latency counts from when it
was due.
"""

import asyncio
import os
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Final
from urllib.parse import urlsplit

import click

REDIRECTS: Final = 300
UNAVAILABLE: Final = 503
TICK_SECONDS: Final = 0.001
SETTLE_SECONDS: Final = 4.0
"""How long answers are waited for after the last request; those that come later are counted as none."""

_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)

Request = tuple[str, bytes]
"""The kind of a request, such as `read`, and its bytes."""


@dataclass(slots=True)
class Answers:
    """What became of the requests of one kind."""

    sent: int = 0
    latencies: dict[int, list[float]] = field(default_factory=dict)
    """Seconds from when a request was due to its answer, by the answer's status."""

    def within(self, seconds: float) -> int:
        """Return how many were answered with a success in that time."""
        return sum(
            latency <= seconds for status, each in self.latencies.items() if status < REDIRECTS for latency in each
        )

    def _percentile(self, share: float, statuses: Callable[[int], bool]) -> float:
        """Return the latency that this share of the answers with such a status stayed within; 0 if there are none."""
        latencies = sorted(latency for status, each in self.latencies.items() if statuses(status) for latency in each)
        return latencies[min(len(latencies) - 1, int(share * len(latencies)))] if latencies else 0.0

    def accepted(self, share: float) -> float:
        """Return the latency that this share of the answers other than refusals stayed within."""
        return self._percentile(share, lambda status: status != UNAVAILABLE)

    def refused(self, share: float) -> float:
        """Return the latency that this share of the refusals stayed within."""
        return self._percentile(share, lambda status: status == UNAVAILABLE)

    def statuses(self) -> dict[int, int]:
        """Return how many answers had each status."""
        return {status: len(each) for status, each in sorted(self.latencies.items())}


def together(answers: Iterable[Answers]) -> Answers:
    """Return the answers of several kinds as those of one."""
    total = Answers()
    for each in answers:
        total.sent += each.sent
        for status, latencies in each.latencies.items():
            total.latencies.setdefault(status, []).extend(latencies)
    return total


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


def mixture(host: str, read_path: str, writes: float, word: str) -> Callable[[], Request]:
    """Return what makes requests that read one path, and that create users for the share `writes` of them."""
    read = f"GET {read_path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    numbers = count()

    def make() -> Request:
        number = next(numbers)
        if int((number + 1) * writes) == int(number * writes):
            return "read", read
        body = f'{{"name": "Ada Lovelace", "email": "{word}{number}@example.com"}}'.encode()
        head = f"POST /api/users HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        return "write", head.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)

    return make


@click.command()
@click.argument("url")
@click.option("--rate", type=float, required=True, help="Requests a second.")
@click.option("--seconds", type=float, default=10.0, show_default=True)
@click.option("--connections", type=int, default=1000, show_default=True)
@click.option("--writes", type=float, default=0.2, show_default=True, help="The share of requests that create a user.")
@click.option("--path", default="/api/users?limit=1", show_default=True, help="What the other requests read.")
def main(url: str, rate: float, seconds: float, connections: int, writes: float, path: str) -> None:
    """Send requests at a fixed rate to a server on loopback, and show what became of them."""
    requests = mixture(urlsplit(url).netloc, path, writes, os.urandom(4).hex())
    answers = asyncio.run(open_loop(url, requests, rate=rate, seconds=seconds, connections=connections))
    for kind, each in {**answers, "all": together(answers.values())}.items():
        good = each.within(1) / seconds
        accepted, refused = each.accepted(0.99), each.refused(0.99)
        click.echo(
            f"{kind:6} offered {each.sent / seconds:8.1f}/s  good {good:8.1f}/s  "
            f"p99 accepted {accepted * 1000:7.1f} ms  refused {refused * 1000:7.1f} ms  {Counter(each.statuses())}"
        )


if __name__ == "__main__":
    main()
