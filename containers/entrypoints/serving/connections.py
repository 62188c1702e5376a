"""All connections of one server process: how many there may be, and how long each may wait for its peer."""

import asyncio
import errno
from collections import Counter
from itertools import islice
from operator import itemgetter
from typing import Any, Final

import structlog

from containers.entrypoints.serving.connection_limit import most_connections
from containers.entrypoints.serving.groups import Connection, Group, waiting_since
from containers.entrypoints.serving.overload import admission

HEAD_SECONDS: Final = 10.0
# The application's own limit for a body is 10 s. This one ends a body that goes on after its answer.
BODY_SECONDS: Final = 20.0
READ_BYTES: Final = 16 * 1024
WRITE_SECONDS: Final = 10.0
WRITE_BYTES: Final = 16 * 1024
GRACE_SECONDS: Final = 1.0
LINGER_SECONDS: Final = 3.0
HEADS_BYTES: Final = 8 * 1024 * 1024
SMALL_HEAD: Final = 8 * 1024
_NO_FILES: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

logger = structlog.get_logger("shapeshift.connections")


class Connections:
    """The open connections, sorted by what each waits for, the longest wait first. One sweep a second ends waits.

    A connection that is in none of the groups has sent a whole request and waits for our answer.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, idle_seconds: float) -> None:
        self.buffer = memoryview(bytearray(READ_BYTES))
        """Where all connections read to: what is read is used up before the next one reads."""
        self.limit = most_connections()
        self.idle: Group = {}
        self.heads: Group = {}
        self.bodies: Group = {}
        self.unread: Group = {}
        """Those whose peer has not taken all of an answer."""
        self._left: dict[Connection, int] = {}
        """How many bytes of it were left then."""
        self.refused: Group = {}
        self._groups = (
            (self.refused, "refused"),
            (self.idle, "idle"),
            (self.heads, "head incomplete"),
            (self.bodies, "body incomplete"),
            (self.unread, "answer not read"),
        )
        self._open: set[Connection] = set()
        self._loop = loop
        self._idle_seconds = idle_seconds
        self._held = 0
        self._ended: Counter[str] = Counter()
        self._sweeping = False
        loop.set_exception_handler(self._on_loop_error)
        self.admission = admission()
        if self.admission:
            self.admission.connections = lambda: len(self._open)

    def add(self, connection: Connection) -> None:
        """Keep a new connection, at the cost of another one if there are too many; else end it."""
        if len(self._open) >= self.limit and not self._make_room():
            self._ended["refused"] += 1
            connection.transport.abort()
            return
        self._open.add(connection)
        self.move(connection, self.idle)
        if not self._sweeping:
            self._sweeping = True
            self._loop.call_later(1, self._sweep)

    def remove(self, connection: Connection) -> None:
        """Forget a connection that is lost, or about to be."""
        self._open.discard(connection)
        self.all_read(connection)
        self.move(connection, None)
        self.hold(connection, 0)

    def move(self, connection: Connection, group: Group | None) -> None:
        """Note that the connection waits for something else from now on."""
        before = connection.group
        if group is before:
            return
        if before is not None:
            del before[connection]
        connection.group = group
        if group is not None:
            group[connection] = self._loop.time()

    def renew(self, connection: Connection) -> None:
        """Note that an idle connection has just had an answer, and waits for its next request from now on."""
        if connection.group is self.idle:
            del self.idle[connection]
            self.idle[connection] = self._loop.time()

    def not_read(self, connection: Connection) -> None:
        """Note that the peer has not taken all of an answer, and has so long from now on to take 16 KiB of it."""
        self.unread[connection] = self._loop.time()
        self._left[connection] = connection.transport.get_write_buffer_size()

    def all_read(self, connection: Connection) -> None:
        """Note that it has."""
        self.unread.pop(connection, None)
        self._left.pop(connection, None)

    def hold(self, connection: Connection, size: int) -> None:
        """Note how many bytes of memory the connection's headers take. Ends the largest when all take too many.

        Small ones do not count, so that no number of ordinary requests is ever too many.
        """
        if size <= SMALL_HEAD:
            size = 0
        self._held += size - connection.held
        connection.held = size
        if self._held > HEADS_BYTES:
            for each in sorted(self._open, key=lambda one: one.held, reverse=True):
                if self._held <= HEADS_BYTES // 2:
                    break
                self._end(each, "headers in memory")

    def count(self, reason: str) -> None:
        """Count something for the next log line."""
        self._ended[reason] += 1

    def _make_room(self) -> bool:
        """End the longest idle connection, else the oldest head, else another that waits for its peer, if any.

        Within its first second nothing is idle: it may have sent a request that we have not read yet. Where nothing has
        waited that long, whatever has waited longest is ended.
        """
        waiting = [
            (since, connection, reason)
            for group, reason in self._groups
            for connection, since in islice(group.items(), 1)
        ]
        if not waiting:
            return False
        latest = self._loop.time() - GRACE_SECONDS
        _, connection, reason = next((each for each in waiting if each[0] <= latest), min(waiting, key=itemgetter(0)))
        self._end(connection, reason)
        return True

    def _end(self, connection: Connection, reason: str) -> None:
        self._ended[reason] += 1
        self.remove(connection)
        connection.transport.abort()

    def _sweep(self) -> None:
        now = self._loop.time()
        for connection in waiting_since(self.idle, now - self._idle_seconds):
            self.move(connection, None)
            connection.transport.close()
        for connection in waiting_since(self.heads, now - HEAD_SECONDS):
            connection.refuse(408)
        for connection in waiting_since(self.bodies, now - BODY_SECONDS):
            self._end(connection, "body incomplete")
        for connection in waiting_since(self.refused, now - LINGER_SECONDS):
            self.move(connection, None)
            connection.transport.abort()
        for connection in waiting_since(self.unread, now - WRITE_SECONDS):
            left = connection.transport.get_write_buffer_size()
            if left > self._left[connection] - WRITE_BYTES:
                self._end(connection, "answer not read")
            else:
                self.all_read(connection)
                self.not_read(connection)
        self._log()
        self._sweeping = bool(self._open)
        if self._sweeping:
            self._loop.call_later(1, self._sweep)

    def _log(self) -> None:
        if self._ended:
            logger.warning(
                "connections ended", ended=dict(self._ended), open=len(self._open), connections_max=self.limit
            )
            self._ended.clear()

    def _on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Make room when a connection cannot be accepted, which asyncio tries again in a second."""
        error = context.get("exception")
        if isinstance(error, OSError) and error.errno in _NO_FILES and "socket" in context:
            self._ended["not accepted: " + errno.errorcode[error.errno]] += 1
            self._make_room()
        else:
            loop.default_exception_handler(context)
