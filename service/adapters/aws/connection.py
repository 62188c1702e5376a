"""One connection to a server, over which one request at a time is sent."""

import asyncio
import socket
import ssl
from typing import Final

from service.adapters.aws.answers import NotFromAws
from service.adapters.aws.endpoint import Endpoint
from service.adapters.aws.responses import Response, ResponseReader

CONNECT_SECONDS: Final = 1.0
"""For the lookup of the host name, the connection, and the TLS handshake together."""

_IDLE_SECONDS: Final = 300.0
"""NAT gateways and load balancers forget a connection that was idle for 350 seconds, and not all say so
(https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html)."""
_NEXT_ADDRESS_SECONDS: Final = 0.1
"""After which the next address of a host is tried, beside the one that has not answered yet (RFC 8305)."""
_LATE_SECONDS: Final = 0.05
"""By which a time limit may be noticed late while this process runs."""


class Unreachable(Exception):
    """No connection could be opened; the text says why, for an operator."""


class NoAnswer(Exception):
    """The connection ended before a byte of the answer came."""


class Connection(asyncio.Protocol):
    """One connection. Whoever is cancelled while they wait for an answer has to abort it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = ResponseReader()
        self._response: asyncio.Future[Response] | None = None
        self._used_at = self._loop.time()

    @property
    def usable(self) -> bool:
        """Whether another request can be sent, as far as this end knows."""
        return not self._transport.is_closing() and self._loop.time() - self._used_at < _IDLE_SECONDS

    async def exchange(self, request: bytes) -> Response:
        """Send a request and return the response. Raises `NoAnswer`, `Damaged` or `NotFromAws`."""
        if self._transport.is_closing():  # writing would not fail
            raise NoAnswer("the connection was closed before it was used")
        self._reader = ResponseReader()
        self._response = self._loop.create_future()
        self._transport.write(request)
        response = await self._response
        self._used_at = self._loop.time()
        return response

    def abort(self) -> None:
        """Close the connection at once."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # for mypy
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._response is None or self._response.done():
            self.abort()  # nobody has asked for it
            return
        try:
            response = self._reader.feed(data)
        except NotFromAws as error:
            self._response.set_exception(error)
        else:
            if response is not None:
                self._response.set_result(response)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._response is None or self._response.done():
            return
        try:
            if not self._reader.began:
                raise NoAnswer(f"the connection was closed without an answer{f': {exc}' if exc else ''}")
            self._response.set_result(self._reader.end())
        except (NoAnswer, NotFromAws) as error:
            self._response.set_exception(error)


async def open_connection(endpoint: Endpoint) -> Connection:
    """Open a connection. Raises `TimeoutError` after `CONNECT_SECONDS`, or another `OSError`.

    A time limit that was noticed late says nothing about the server: this process did not run, because the function
    was frozen or the machine had no processor for it. Then it is tried once more.
    """
    loop = asyncio.get_running_loop()
    limit = loop.time() + CONNECT_SECONDS
    try:
        return await _open(endpoint)
    except TimeoutError:
        if loop.time() - limit < _LATE_SECONDS:
            raise
    return await _open(endpoint)


async def connect(endpoint: Endpoint) -> Connection:
    """Open a connection to AWS. Raises `Unreachable`."""
    try:
        return await open_connection(endpoint)
    except TimeoutError:
        raise Unreachable(
            f"no connection to {endpoint.authority} in {CONNECT_SECONDS:g} s; is there a route, and does a security "
            "group let it through?"
        ) from None
    except socket.gaierror as error:
        raise Unreachable(
            f"the host name {endpoint.host} cannot be resolved: {error.strerror}; check the region and the endpoint"
        ) from None
    except ssl.SSLError as error:
        raise Unreachable(
            f"no TLS connection to {endpoint.authority}: {error}; AWS_CA_BUNDLE names the certificates that are trusted"
        ) from None
    except OSError as error:
        raise Unreachable(f"no connection to {endpoint.authority}: {error}; check the endpoint") from None


async def _open(endpoint: Endpoint) -> Connection:
    # Servers without TLS are on this machine or link, with one address. asyncio's race between addresses would leave
    # a socket open when it is cancelled at the moment when one has answered.
    delay = _NEXT_ADDRESS_SECONDS if endpoint.tls else None
    async with asyncio.timeout(CONNECT_SECONDS):
        _, connection = await asyncio.get_running_loop().create_connection(
            Connection, endpoint.host, endpoint.port, ssl=endpoint.tls, happy_eyeballs_delay=delay
        )
    return connection
