"""Connections to one server, kept open and used one request at a time. Nothing is opened before it is needed."""

import asyncio

from service.adapters.aws.connection import Connection, NoAnswer, connect
from service.adapters.aws.endpoint import Endpoint
from service.adapters.aws.responses import Response


class Connections:
    """As many connections to a server as there are exchanges under way."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._idle: list[Connection] = []

    async def exchange(self, request: bytes) -> Response:
        """Send a request and return the response. Raises `Unreachable`, `NoAnswer`, `Damaged` or `NotFromAws`.

        A connection that was kept open may have been closed by the server, perhaps while a function was frozen. Then
        the request is sent once more, on a new one; so it has to be one that may arrive twice.
        """
        idle = self._idle
        while idle:
            connection = idle.pop()
            if not connection.usable:
                connection.abort()
                continue
            try:
                return await self._use(connection, request, idle)
            except NoAnswer:
                break
        return await self._use(await connect(self._endpoint), request, idle)

    async def _use(self, connection: Connection, request: bytes, idle: list[Connection]) -> Response:
        kept = False
        try:
            response = await connection.exchange(request)
            kept = response.keeps_open and idle is self._idle  # else they were closed meanwhile
        finally:
            if not kept:
                connection.abort()
        if kept:
            idle.append(connection)
        return response

    async def close(self) -> None:
        """Close idle connections, and those in use after their answers. A later request opens new ones."""
        closing, self._idle = self._idle, []
        for connection in closing:
            connection.abort()
        await asyncio.sleep(0)  # the event loop closes the sockets
