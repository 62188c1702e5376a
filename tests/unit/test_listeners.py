"""The sockets that a server listens on."""

import asyncio
import socket

import pytest

from containers.entrypoints.serving.listeners import bind


async def sends_at_once(listener: socket.socket) -> bool:
    """Whether a connection that the listener accepts sends without waiting for the caller to acknowledge."""
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        accepted.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(note, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname()[:2])
        writer.close()
        return bool(await asyncio.wait_for(accepted, 10))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::"])
def test_answers_are_sent_at_once(host: str) -> None:
    first, *others = bind(host, 0)
    for other in others:
        other.close()

    assert asyncio.run(sends_at_once(first))
