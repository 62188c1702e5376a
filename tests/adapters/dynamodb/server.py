"""A server on loopback that answers as a script says: as DynamoDB, as a proxy, or as a broken network would."""

import json
import socket
import ssl
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any, Self

BOUND_SECONDS = 10.0
"""No socket of a server waits longer, whatever a client does."""

Json = dict[str, Any]
Act = Callable[[socket.socket], None]
"""Does something with a connection, which is then closed."""
Step = bytes | Act


def response(content: bytes, status: int = 200, **headers: str) -> bytes:
    """A response in bytes. Headers are given as `content_type`; one that is empty is left out."""
    usual = {"content_type": "application/x-amz-json-1.0", "content_length": str(len(content))}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (usual | headers).items() if value]
    return "\r\n".join([f"HTTP/1.1 {status} Status", *lines, "", ""]).encode() + content


def answer(members: object, status: int = 200, **headers: str) -> bytes:
    """An answer as DynamoDB gives it."""
    content = json.dumps(members).encode()
    return response(content, status, **{"x_amz_crc32": str(zlib.crc32(content)), **headers})


def error(code: str, message: str = "", status: int = 400, **members: object) -> bytes:
    """An error as DynamoDB gives it."""
    kind = f"com.amazonaws.dynamodb.v20120810#{code}"
    return answer({"__type": kind, "message": message, **members}, status)


def cancelled(*codes: str, **item: object) -> bytes:
    """A cancelled transaction, with the reason of each of its actions, and an item in each if one is given."""
    reasons = [{"Code": code, **item} for code in codes]
    return error("TransactionCanceledException", CancellationReasons=reasons)


def then_closes(content: bytes) -> Act:
    """Send this and close the connection."""
    return lambda connection: connection.sendall(content)


def hangs(connection: socket.socket) -> None:
    """Send nothing until the caller closes the connection."""
    connection.recv(1)


def trickles(content: bytes, pause_seconds: float = 0.05) -> Act:
    """Send one byte after the other until the caller closes the connection."""

    def act(connection: socket.socket) -> None:
        for index in range(len(content)):
            connection.sendall(content[index : index + 1])
            if Event().wait(pause_seconds):
                break

    return act


@dataclass
class ScriptedServer:
    """Plays one step for each request, and the last one again and again. A step in bytes keeps the connection open."""

    _listener: socket.socket
    _tls: ssl.SSLContext | None = None
    calls: list[tuple[str, Json]] = field(default_factory=list)
    """The operation of each request of this script, and its parameters."""
    heads: list[dict[str, str]] = field(default_factory=list)
    """The headers of each."""
    closed: Event = field(default_factory=Event)
    """Whether a connection of this script has ended."""
    _steps: Sequence[Step] = ()
    _connections: list[socket.socket] = field(default_factory=list)

    @classmethod
    def start(cls, tls: ssl.SSLContext | None = None) -> Self:
        server = cls(socket.create_server(("127.0.0.1", 0)), tls)
        Thread(target=server._accept, daemon=True).start()
        return server

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self._listener.getsockname()[1]}"

    def play(self, *steps: Step) -> None:
        """Begin a new script, without the connections of the last."""
        _close(self._connections)
        self._steps, self.calls, self.heads, self.closed, self._connections = steps, [], [], Event(), []

    @property
    def accepted(self) -> int:
        """How many connections were opened for this script."""
        return len(self._connections)

    def hang_up(self) -> None:
        """Close the connections that are open."""
        _close(self._connections)

    def close(self) -> None:
        _close([self._listener, *self._connections])

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.settimeout(BOUND_SECONDS)
                self._connections.append(connection)
                Thread(target=self._serve, args=(connection, self._steps, self.calls, self.closed), daemon=True).start()

    def _serve(self, raw: socket.socket, steps: Sequence[Step], calls: list[tuple[str, Json]], closed: Event) -> None:
        with suppress(OSError), self._greet(raw) as connection, connection.makefile("rb") as requests:
            while found := _read(requests):
                step = steps[min(len(calls), len(steps) - 1)]
                self.heads.append(found[0])
                calls.append(found[1])
                if not isinstance(step, bytes):
                    step(connection)
                    break
                connection.sendall(step)
        closed.set()

    def _greet(self, raw: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(raw, server_side=True) if self._tls else raw


def _close(sockets: Sequence[socket.socket]) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


def _read(requests: Any) -> tuple[dict[str, str], tuple[str, Json]] | None:
    headers: dict[str, str] = {}
    if not requests.readline():
        return None
    while line := requests.readline().strip():
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    body = requests.read(int(headers.get("content-length", "0")))
    operation = headers.get("x-amz-target", "").partition(".")[2]
    return headers, (operation, json.loads(body) if operation else {})  # else it is a service that gives credentials
