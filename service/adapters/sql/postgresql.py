"""PostgreSQL, awaited natively over asyncpg."""

import asyncio
import random
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from service.adapters.retry_budget import RetryBudget
from service.adapters.share import Share, Shares
from service.adapters.sql.database import Database, T, Work
from service.adapters.sql.postgresql_errors import LostConnection, LostRace, NoConnectionLeft, translated
from service.application.deadline import STORE_SECONDS, seconds_left, waiting_for
from service.application.ports import StoreTrouble
from service.domain.errors import StoreUnavailable

ATTEMPTS: Final = 5
# How long a server that accepted no further connection is not asked again for that one.
FULL_SECONDS: Final = 1.0
# How long a check, which has no share to wait for, leaves such a server alone before it asks again.
CHECK_FULL_SECONDS: Final = 0.1

READ: Final = "postgresql: read"
WRITE: Final = "postgresql: write"
FREE_CONNECTION: Final = "postgresql: a free connection"
CONNECT: Final = "postgresql: connect"


class PostgresqlDatabase(Database):
    """Runs units of work on the event loop.

    - A call has one time limit for everything: what is left of the request's deadline, at most `STORE_SECONDS`. When it
      ends, the connection is closed.
    - A unit that lost a race inside the server is run again, up to `ATTEMPTS` times in all. One that only reads is run
      again once when its connection was lost.
    - While the server accepts no further connection, calls wait for those that there are.
    """

    def __init__(self, engine: AsyncEngine, shares: Shares, budget: RetryBudget, repository: str = "") -> None:
        """`shares` divide the engine's connections; those of the repository are used."""
        self._shares = shares
        self._reads, self._writes = shares.of(repository)
        self._budget = budget
        self._writer = engine
        # A single statement needs no transaction around it, which would cost two round trips more.
        self._reader = engine.execution_options(isolation_level="AUTOCOMMIT")

    def for_repository(self, name: str) -> "PostgresqlDatabase":
        return PostgresqlDatabase(self._writer, self._shares, self._budget, name)

    async def read(self, work: Work[T]) -> T:
        return await self._call(self._reader, work, _Call(READ, self._reads))

    async def write(self, work: Work[T]) -> T:
        return await self._call(self._writer, work, _Call(WRITE, self._writes))

    async def check(self, work: Work[object]) -> None:
        await self._call(self._reader, work, _Call(READ, None))

    async def close(self) -> None:
        await self._writer.dispose()

    async def _call(self, engine: AsyncEngine, work: Work[T], call: "_Call") -> T:
        left = seconds_left(STORE_SECONDS)
        self._budget.note_call()
        try:
            async with asyncio.timeout(left):
                while left:
                    try:
                        return await self._attempt(engine, work, call)
                    except StoreTrouble as trouble:
                        await call.meet(trouble, self._budget)
        except TimeoutError:
            pass  # what is said below
        raise StoreUnavailable from call.trouble or StoreTrouble(f"{call.waits_for} took more than {left:.2f} seconds")

    async def _attempt(self, engine: AsyncEngine, work: Work[T], call: "_Call") -> T:
        call.wait_for(FREE_CONNECTION)
        if call.share:
            await call.share.acquire()
        call.wait_for(CONNECT)
        free_in = 0.0
        try:
            async with engine.begin() as connection:
                call.wait_for(call.name)
                result = await connection.run_sync(work)
        except Exception as error:
            meaning = translated(error)
            if not isinstance(meaning, StoreTrouble):  # else the log says what was waited for
                waiting_for("")
            if isinstance(meaning, NoConnectionLeft):
                free_in = FULL_SECONDS
            if meaning is error:
                raise
            raise meaning from error
        finally:
            if call.share:
                _release(call.share, free_in)
        waiting_for("")
        return result


def _release(share: Share, free_in: float) -> None:
    if free_in:
        asyncio.get_running_loop().call_later(free_in, share.release)
    else:
        share.release()


class _Call:
    """What one call waits for and has met so far, and whether it is worth another attempt."""

    __slots__ = ("_connections_to_lose", "_races_to_lose", "name", "share", "trouble", "waits_for")

    def __init__(self, name: str, share: Share | None) -> None:
        self.name = self.waits_for = name
        self.share = share
        self.trouble: StoreTrouble | None = None
        self._races_to_lose = ATTEMPTS - 1
        # What only reads is read again. Of what was written to a lost connection nobody knows whether it took effect.
        self._connections_to_lose = 1 if name is READ else 0

    def wait_for(self, what: str) -> None:
        """Note the next step, for the log."""
        self.waits_for = what
        waiting_for(what)

    async def meet(self, trouble: StoreTrouble, budget: RetryBudget) -> None:
        """Return when the next attempt is due. Raises `StoreUnavailable` where there is none.

        `budget` limits the attempts after a lost connection.
        """
        before, self.trouble = self.trouble, trouble
        if isinstance(trouble, LostRace) and self._races_to_lose:
            pause = 0.02 * 2 ** (ATTEMPTS - 1 - self._races_to_lose)
            self._races_to_lose -= 1
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311  # so that they do not conflict again
        elif isinstance(trouble, LostConnection) and self._connections_to_lose and budget.take():
            self._connections_to_lose -= 1
        elif not isinstance(trouble, NoConnectionLeft):
            # A full server is why there was no connection to wait for.
            raise StoreUnavailable from before if isinstance(before, NoConnectionLeft) else trouble
        elif self.share is None:  # else the next attempt waits for it
            await asyncio.sleep(CHECK_FULL_SECONDS)
