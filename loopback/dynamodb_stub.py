"""Run as a process: DynamoDB's answers after a fixed time, to measure what calls it. It keeps nothing.

There are no parameters in its Systems Manager.

    python -m loopback.dynamodb_stub MILLISECONDS [TABLE MILLISECONDS]

The second time is that of requests that name the table, which hangs.

It prints the port that it listens on, and serves until its standard input ends, with the process that started it.
"""

import asyncio
import json
import re
import sys
from typing import Final

from loopback.platforms import LOOPBACK

USER: Final = {
    "id": {"S": "01a207d0-3dbb-7488-b711-3f399d5f1624"},
    "name": {"S": "Ada Lovelace"},
    "email": {"S": "ada@example.com"},
    "created_at": {"N": "1763891417531"},
}
"""The user that is found under each key."""

_ANSWERS: Final = {
    b"GetItem": json.dumps({"Item": USER}).encode(),
    b"GetParametersByPath": json.dumps({"Parameters": []}).encode(),
    b"Query": json.dumps({"Items": []}).encode(),
}
_OPERATION: Final = re.compile(rb"\r\nx-amz-target: \w+\.(\w+)\r\n", re.IGNORECASE)
_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class Stub(asyncio.Protocol):
    """A connection of a client that sends one request after the other."""

    def __init__(self, seconds: float, hanging: tuple[bytes, float] | None) -> None:
        self._seconds = seconds
        self._hanging = hanging
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer when a request is there whole."""
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if not end or len(body) < int(length[1] if length else 0):
            return
        self._received = b""
        operation = _OPERATION.search(head + b"\r\n")
        answer = _ANSWERS.get(operation[1] if operation else b"", b"{}")
        hangs = self._hanging is not None and b'"%b"' % self._hanging[0] in body
        seconds = self._hanging[1] if hangs and self._hanging else self._seconds
        asyncio.get_running_loop().call_later(seconds, self._send, answer)

    def _send(self, answer: bytes) -> None:
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n%s"
            % (len(answer), answer)
        )


async def _serve(seconds: float, hanging: tuple[bytes, float] | None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Stub(seconds, hanging), LOOPBACK, 0)
    async with server:
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    milliseconds, *of_table = sys.argv[1:]
    slow = (of_table[0].encode(), float(of_table[1]) / 1000) if of_table else None
    asyncio.run(_serve(float(milliseconds) / 1000, slow))
