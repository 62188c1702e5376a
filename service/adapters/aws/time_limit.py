"""A total time limit for a call through botocore, whose own timeouts start again with each read.

A server that sends a byte every half second would otherwise hold a thread for as long as it likes.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from time import monotonic
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

from service.adapters.aws.answers import LONGEST_ANSWER

_GIVE_UP: ContextVar[float] = ContextVar("give_up")


@contextmanager
def time_limit(give_up: float) -> Iterator[None]:
    """Close the connection of a call that this thread makes when `monotonic()` reaches `give_up`.

    Raises `TimeoutError` if it has done so already. A host name that does not resolve is not covered.
    """
    if monotonic() >= give_up:
        raise TimeoutError("nothing was left of the deadline")
    token = _GIVE_UP.set(give_up)
    try:
        yield
    finally:
        _GIVE_UP.reset(token)


def limit_connections(client: Any) -> None:
    """Have all connections of a botocore client obey `time_limit`, those through a proxy included."""
    pools = client._endpoint.http_session._pool_classes_by_scheme  # noqa: SLF001  # there is no public way in
    pools.update(http=_Pool, https=_TlsPool)


def _seconds_left() -> float | None:
    """None where the call has no limit."""
    give_up = _GIVE_UP.get(None)
    if give_up is None:
        return None
    seconds = give_up - monotonic()
    if seconds <= 0:
        raise TimeoutError("no complete answer within the time limit")
    return seconds


class _LimitedReader(RawIOBase):
    """Reads a socket within the time limit, and no more than `LONGEST_ANSWER`."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._raw = connected.makefile("rb", buffering=0)
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        seconds = _seconds_left()
        if seconds is not None:
            self._socket.settimeout(seconds)
        count = self._raw.readinto(buffer)
        self._read += count or 0
        if self._read > LONGEST_ANSWER:
            raise ValueError(f"an answer of more than {LONGEST_ANSWER} bytes")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _LimitedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = BufferedReader(_LimitedReader(sock))


class _Limited:
    """What both kinds of connections do differently."""

    response_class = _LimitedResponse
    timeout: float
    sock: socket.socket | None

    def _new_conn(self) -> socket.socket:
        seconds = _seconds_left()
        if seconds is not None:
            self.timeout = min(self.timeout, seconds)
        connected: socket.socket = super()._new_conn()  # type: ignore[misc]  # urllib3's
        return connected

    def send(self, data: Any) -> None:
        seconds = _seconds_left()
        if self.sock is not None and seconds is not None:
            self.sock.settimeout(seconds)
        super().send(data)  # type: ignore[misc]  # http.client's


class _Connection(_Limited, AWSHTTPConnection):  # type: ignore[misc]  # botocore has no types
    pass


class _TlsConnection(_Limited, AWSHTTPSConnection):  # type: ignore[misc]  # likewise
    pass


class _Pool(AWSHTTPConnectionPool):  # type: ignore[misc]  # likewise
    ConnectionCls = _Connection


class _TlsPool(AWSHTTPSConnectionPool):  # type: ignore[misc]  # likewise
    ConnectionCls = _TlsConnection
