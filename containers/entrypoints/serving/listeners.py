"""Sockets that listen, for IPv4 and IPv6."""

import socket
import sys
from collections.abc import Callable
from multiprocessing.reduction import DupFd
from typing import Any, Final, Self

from containers.entrypoints.serving.flood import refused_unserved

ANY_ADDRESS: Final = "::"
"""Every address of the machine, of both families."""
ACCEPTED_AT_ONCE: Final = 32
"""Connections that the event loop accepts before it serves those that it has; uvicorn's option `backlog`."""
REFUSED_AT_ONCE: Final = 256
"""Connections that are refused before one is accepted, or the event loop does something else."""
QUEUE: Final = 2048
"""Connections that the kernel keeps for us until they are accepted."""

_TCP_INFO: Final[int | None] = getattr(socket, "TCP_INFO", None)


class Listener(socket.socket):
    """A socket with a queue longer than what is accepted at once, for which asyncio has but one number.

    If it accepted the whole queue in one go, a burst would exhaust the file limit before any connection could be ended.
    It can be given to a worker process.
    """

    @property
    def url(self) -> str:
        """Where it is reached, for people."""
        host, port = self.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def count_waiting(self) -> int:
        """How many connections wait in the kernel to be accepted; 0 where it does not say.

        For a socket that listens, Linux has it as `tcpi_unacked` of `struct tcp_info` (linux/tcp.h).
        """
        if _TCP_INFO is None:
            return 0
        return int.from_bytes(self.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 28)[24:], sys.byteorder)

    def accept(self) -> tuple[socket.socket, Any]:
        """Accept a connection that is to be served. In a flood, those that come before it are refused here.

        What asyncio does for a connection costs several times as much as a refusal, and it accepts few at once.
        """
        for _ in range(REFUSED_AT_ONCE):
            connection, address = super().accept()
            if not refused_unserved(connection, self.count_waiting):
                return connection, address
        raise BlockingIOError  # the event loop comes back after it has served the others

    def listen(self, backlog: int = QUEUE, /) -> None:
        """Listen with the long queue."""
        super().listen(max(backlog, QUEUE))

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _received, (DupFd(self.fileno()), self.family, self.type, self.proto)

    @classmethod
    def bound(cls, family: int, address: tuple[str, int], *, both: bool = False) -> Self:
        """A socket bound to that address; with `both`, one of IPv6 that takes IPv4 as well. Raises `OSError`."""
        # asyncio sends at once only where it sees that the protocol is TCP. Else the body of an answer would wait until
        # the caller acknowledged the headers, which takes 40 ms.
        listener = cls(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not both)
            listener.bind(address)
        except BaseException:
            listener.close()
            raise
        return listener


def _received(fd: Any, family: int, kind: int, proto: int) -> Listener:
    return Listener(family, kind, proto, fd.detach())


def bind(host: str, port: int) -> list[Listener]:
    """Sockets for that host, which do not listen yet. Raises `OSError`.

    `::` is both families, or IPv4 alone where the machine has no IPv6. A name is all its addresses, on one port.
    """
    if host == ANY_ADDRESS:
        return [_bound_to_any(port)]
    listeners: list[Listener] = []
    try:
        for family, address in _addresses(host, port):
            chosen = listeners[0].getsockname()[1] if listeners else port
            listeners.append(Listener.bound(family, (address, chosen)))
    except BaseException:
        for listener in listeners:
            listener.close()
        raise
    return listeners


def _bound_to_any(port: int) -> Listener:
    try:
        return Listener.bound(socket.AF_INET6, (ANY_ADDRESS, port), both=True)
    except OSError as error:
        try:
            return Listener.bound(socket.AF_INET, ("0.0.0.0", port))  # noqa: S104  # what was asked for
        except OSError:
            raise error from None


def _addresses(host: str, port: int) -> list[tuple[int, str]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found))
