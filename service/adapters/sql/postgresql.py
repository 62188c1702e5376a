"""PostgreSQL, awaited natively over asyncpg."""

import asyncio
import random
import time
from contextlib import suppress
from typing import Any, Final

import asyncpg
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from service.adapters.sql.database import (
    Database,
    ForeignKeyViolation,
    PrimaryKeyViolation,
    T,
    UniqueViolation,
    Work,
)
from service.domain.errors import StoreUnavailable

# Below the deadline of a request, so that what it waited for is said to be out.
WAIT_SECONDS: Final = 1.5
# A connection that was idle for longer may have died unseen, of a frozen function or a forgetful firewall.
TRUSTED_SECONDS: Final = 1.0
PING_SECONDS: Final = 0.5
FAREWELL_SECONDS: Final = 0.1
ATTEMPTS: Final = 5

# SQLSTATE codes, and classes of them (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_UNIQUE: Final = "23505"
_FOREIGN_KEY: Final = "23503"
_READ_ONLY: Final = "25006"
_TO_BE_RETRIED: Final = ("40001", "40P01")  # serialization failure, deadlock
_OUTAGES: Final = (
    "08",  # the connection
    "28",  # the role or its password
    "3D",  # no such database
    "53",  # no memory, disk or connections left
    "57",  # an operator's doing: shut down, starting up, cancelled
    "58",  # the system below
    _READ_ONLY,  # a replica, since a failover
)


def create_postgresql_engine(url: str, connections: int) -> AsyncEngine:
    """An engine with at most that many connections, which it opens when they are needed."""
    engine = create_async_engine(
        _for_asyncpg(make_url(url)),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=WAIT_SECONDS,
        connect_args={"timeout": WAIT_SECONDS, "connection_class": _ImpatientConnection},
        hide_parameters=True,  # what callers sent is not for the log
    )
    event.listen(engine.sync_engine, "checkin", _note_time)
    event.listen(engine.sync_engine, "checkout", _check_after_a_pause)
    event.listen(engine.sync_engine, "handle_error", _leave_read_only_servers)
    return engine


class _ImpatientConnection(asyncpg.Connection):  # type: ignore[misc]  # it ships no types
    """Hangs up. SQLAlchemy would wait two seconds for the farewell of a server that has just let a deadline pass."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109  # asyncpg's signature
        with suppress(TimeoutError):  # it has been cut off
            await super().close(timeout=FAREWELL_SECONDS)


def _for_asyncpg(url: URL) -> URL:
    """The address with asyncpg as its driver, and libpq's name of an option in asyncpg's."""
    options = {"ssl" if name == "sslmode" else name: value for name, value in url.query.items()}
    return url.set(drivername="postgresql+asyncpg", query=options)


def _note_time(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.time()


def _check_after_a_pause(connection: Any, record: Any, _proxy: Any) -> None:
    used_at = record.info.get("used_at")
    # The clock on the wall: the other may stand still while a function is frozen.
    if used_at is None or 0 <= time.time() - used_at <= TRUSTED_SECONDS:
        return
    try:
        connection.run_async(lambda raw: raw.execute(";", timeout=PING_SECONDS))
    except Exception as error:  # whatever it says, it is of no use
        raise InvalidatePoolError from error


def _leave_read_only_servers(context: ExceptionContext) -> None:
    if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
        context.is_disconnect = True


class _LostRace(Exception):
    """The server gave up a transaction for another one's sake: it can be run again."""


class PostgresqlDatabase(Database):
    """Runs units of work on the event loop; one that lost a race inside the server is begun anew."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._writer = engine
        # A single statement needs no transaction around it, which would cost two round trips more.
        self._reader = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def read(self, work: Work[T]) -> T:
        return await _run(self._reader, work)

    async def write(self, work: Work[T]) -> T:
        for attempt in range(ATTEMPTS):
            try:
                return await _run(self._writer, work)
            except _LostRace:
                await asyncio.sleep(random.uniform(0, 0.02) * 2**attempt)  # noqa: S311  # spreads those who met
        raise StoreUnavailable

    async def close(self) -> None:
        await self._writer.dispose()


async def _run(engine: AsyncEngine, work: Work[T]) -> T:
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    except DBAPIError as error:
        raise _translated(error) from error
    except (OSError, PoolTimeoutError) as error:
        raise StoreUnavailable from error


def _translated(error: DBAPIError) -> Exception:
    """What a driver's error means to us; itself, where that is not known."""
    code = getattr(error.orig, "sqlstate", None) or ""
    if code == _UNIQUE:
        constraint = getattr(error.driver_exception, "constraint_name", None) or ""
        return PrimaryKeyViolation() if constraint.startswith("pk_") else UniqueViolation()
    if code == _FOREIGN_KEY:
        return ForeignKeyViolation()
    if code in _TO_BE_RETRIED:
        return _LostRace()
    if code.startswith(_OUTAGES) or error.connection_invalidated:
        return StoreUnavailable()
    return error
