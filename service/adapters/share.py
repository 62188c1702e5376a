"""Bulkheads: a store's connections are shared so that no kind of operation can take them all (ADR 26)."""

import asyncio
from collections import deque
from collections.abc import Collection

from service.application.load import Load
from service.application.ports import StoreTrouble


class ShareExhausted(StoreTrouble):
    """Other requests keep the connections busy for longer than a request may wait."""


class Share:
    """What one kind of operation may use: some connections of its own, and those that all kinds have in common.

    `async with share` waits for a connection, no longer than the load allows, and raises `ShareExhausted` after that.
    """

    def __init__(self, name: str, own: int, shares: "Shares") -> None:
        """`name` says in the log which operations these are: `writes of orders`."""
        self._name = name
        self._own = own
        self._in_use = 0
        self._shares = shares
        self.waiting: deque[asyncio.Future[None]] = deque()

    async def acquire(self) -> None:
        """Begin an operation, when there is a connection for it. Raises `ShareExhausted` if that takes too long."""
        if not self.waiting and self.begin():
            return
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        seconds = self._shares.load.queue_seconds
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            self._leave(turn)
            raise ShareExhausted(f"other requests kept the connections for {self._name} busy for {seconds} s") from None
        except asyncio.CancelledError:
            self._leave(turn)
            raise

    def begin(self) -> bool:
        """Take a connection, if there is one."""
        if self._in_use >= self._own:
            if not self._shares.common:
                return False
            self._shares.common -= 1
        self._in_use += 1
        return True

    def release(self) -> None:
        """End an operation: the next one begins."""
        self._in_use -= 1
        if self._in_use >= self._own:
            self._shares.common += 1
            self._shares.wake()
        else:
            self.wake()

    def wake(self) -> bool:
        """Let the first operation that waits begin, if there is one and a connection for it."""
        while self.waiting:
            if self.waiting[0].done():
                self.waiting.popleft()
                continue
            if not self.begin():
                return False
            self.waiting.popleft().set_result(None)
            return True
        return False

    async def __aenter__(self) -> None:
        await self.acquire()

    async def __aexit__(self, *_: object) -> None:
        self.release()

    def _leave(self, turn: "asyncio.Future[None]") -> None:
        """Leave the queue. A connection that came at the same moment goes to the next."""
        if turn.done() and not turn.cancelled():
            self.release()
        else:
            turn.cancel()


class Shares:
    """The connections of a store. A quarter is divided among the reads and writes of each entity; the rest is common.

    With fewer connections than such kinds of operations, all are in common.
    """

    def __init__(self, connections: int, repositories: Collection[str], load: Load) -> None:
        """`repositories` are the names of the entities whose requests may be in each other's way; none: no division."""
        self.load = load
        kinds = [f"{kind} of {name}" for name in repositories for kind in ("reads", "writes")]
        own = max(1, connections // (4 * len(kinds))) if 0 < len(kinds) < connections else 0
        self.common = connections - own * len(kinds)
        """How many of the connections in common are free."""
        self._shares = {name: Share(name, own, self) for name in kinds}
        self._rest = Share("any operation", 0, self)

    def of(self, repository: str) -> tuple[Share, Share]:
        """Return the share of a repository's reads, and that of its writes."""
        reads, writes = (self._shares.get(f"{kind} of {repository}", self._rest) for kind in ("reads", "writes"))
        return reads, writes

    def wake(self) -> None:
        """Give a connection that is free for all to the operations that have waited; each kind has its turn."""
        for name in [*self._shares]:
            if self._shares[name].wake():
                self._shares[name] = self._shares.pop(name)  # and is the last now
                return
        self._rest.wake()
