"""An issuer on loopback: its metadata and its keys, and everything that can be wrong with them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from tests.auth.tokens import KEYS, Key

METADATA = "/.well-known/openid-configuration"
JWKS = "/jwks"
TOKEN = "/token"


Issuer = TypeVar("Issuer", bound="KeyServer")


class KeyServer:
    """Answers with `keys`, after `delay`; or with `instead`, a whole response."""

    def __init__(self, *keys: Key) -> None:
        self.keys = list(keys) or [*KEYS.values()]
        self.asked: list[str] = []
        """The paths that were asked for."""
        self.delay = 0.0
        self.instead: bytes | None = None
        self.metadata: dict[str, Any] = {}
        """Members of the metadata in place of the right ones."""
        self.chunked = False
        self.url = ""
        self._server: asyncio.Server | None = None
        self._port = 0

    async def start(self) -> None:
        """Listen, at the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        """Refuse connections."""
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    def exchange(self, head: str, form: dict[str, str]) -> bytes:  # noqa: ARG002  # for those that have tokens
        """The response of the token endpoint to a request with this head and form."""
        return http(b'{"error": "invalid_grant"}', status=400)

    @property
    def fetches(self) -> int:
        """How often the keys were asked for."""
        return self.asked.count(JWKS)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            length = re.search(rb"content-length: (\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
            self.asked.append(path)
            await asyncio.sleep(self.delay)
            writer.write(self.instead or self._answer(path, head.decode(), body.decode()))
        finally:
            writer.close()

    def _answer(self, path: str, head: str, body: str) -> bytes:
        if path == TOKEN:
            return self.exchange(head, dict(parse_qsl(body)))
        metadata = {"issuer": self.url, "jwks_uri": f"{self.url}{JWKS}", **self.metadata}
        documents = {METADATA: metadata, JWKS: {"keys": [key.jwk() for key in self.keys]}}
        if path not in documents:
            return http(b"nothing", status=404)
        return http(json.dumps(documents[path]).encode(), chunked=self.chunked)


def http(body: bytes, *, status: int = 200, kind: str = "application/json", chunked: bool = False) -> bytes:
    """A response."""
    if chunked:
        half = len(body) // 2
        parts = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:]))
        framing, body = "transfer-encoding: chunked", parts + b"0\r\n\r\n"
    else:
        framing = f"content-length: {len(body)}"
    return f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\n{framing}\r\n\r\n".encode() + body


@asynccontextmanager
async def key_server(*keys: Key) -> AsyncIterator[KeyServer]:
    """An issuer, until the end of the block."""
    async with serving(KeyServer(*keys)) as server:
        yield server


@asynccontextmanager
async def serving(server: Issuer) -> AsyncIterator[Issuer]:
    """The issuer, listening until the end of the block."""
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
