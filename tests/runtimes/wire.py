"""Bytes sent as they are, to servers with either parser."""

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from io import BufferedReader
from pathlib import Path
from typing import Any, Self, cast

from tests.runtimes.processes import SERVE, Json, Served, serving

UVICORN = (str(Path(sys.executable).with_name("uvicorn")), "--factory", "containers.entrypoints.asgi:create_app")
PLAIN = (*UVICORN, "--port", "0", "--no-access-log", "--timeout-keep-alive", "75")
"""uvicorn's own command, with its own connections."""
SERVERS = {
    "httptools": SERVE,
    "h11": (*PLAIN, "--http", "containers.entrypoints.serving.with_h11:H11Connection", "--no-proxy-headers"),
}
JSON = b"Content-Type: application/json\r\n"


@contextmanager
def memory_server(directory: Path, parser: str, **environ: str) -> Iterator[Served]:
    """A server with that parser, and data in memory."""
    with serving(directory, command=SERVERS[parser], RUNTIME="local", STORE="memory", **environ) as served:
        yield served


class _Received(BufferedReader):
    """What a socket receives, for several `HTTPResponse`s: each asks for a file of its own, and closes it."""

    def makefile(self, _mode: str) -> "_Received":
        return self

    def close(self) -> None:
        pass


class Wire:
    """One connection to a server."""

    def __init__(self, served: Served, host: str = "127.0.0.1", **options: Any) -> None:
        self.socket = socket.create_connection((host, served.port), 15, **options)
        self._received = _Received(self.socket.makefile("rb", buffering=0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._received.raw.close()
        self.socket.close()

    def send(self, *parts: bytes) -> None:
        self.socket.sendall(b"".join(parts))

    def answer(self, method: str = "GET") -> tuple[int, bytes]:
        """The next response's status and body."""
        response = self.response(method)
        return response.status, response.read()

    def response(self, method: str = "GET") -> HTTPResponse:
        """The next response, whose body has not been read."""
        response = HTTPResponse(cast(socket.socket, self._received), method=method)
        response.begin()
        return response

    def rest(self) -> bytes:
        """All that comes until the server closes the connection."""
        received = b""
        try:
            while more := self._received.read1(65536):
                received += more
        except ConnectionResetError:
            pass
        return received

    def is_closed(self) -> bool:
        """Whether the server has closed the connection and sent nothing before."""
        return self.rest() == b""


def head(method: str, path: str, *lines: bytes) -> bytes:
    """A head with a Host."""
    return b"\r\n".join([f"{method} {path} HTTP/1.1".encode(), b"Host: x", *lines, b"", b""])


def new_user(served: Served, email: str) -> str:
    """The path of a user that now exists."""
    with served.client() as client:
        user: Json = client.post("/api/users", json={"name": "Ada", "email": email}).raise_for_status().json()
    return f"/api/users/{user['id']}"


def exists(served: Served, path: str) -> bool:
    """Whether there is something at that path."""
    with served.client() as client:
        return client.get(path).status_code == 200


def log_lines(served: Served) -> list[Json]:
    """The log, without the lines of uvicorn's own command."""
    return [json.loads(line) for line in served.output.splitlines() if line.startswith("{") and line.endswith("}")]
