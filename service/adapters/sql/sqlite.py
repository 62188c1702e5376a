"""SQLite: one file on a local disk, shared by threads and processes."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from service.adapters.executors import Executor
from service.adapters.sql.database import (
    Database,
    ForeignKeyViolation,
    PrimaryKeyViolation,
    T,
    UniqueViolation,
    Work,
)
from service.domain.errors import StoreUnavailable

# Below the deadline of a request: whoever waits for another process is told that the store is out, and not cut off.
BUSY_SECONDS: Final = 1.5

_VIOLATIONS: Final = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: UniqueViolation,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: PrimaryKeyViolation,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: ForeignKeyViolation,
}
# Primary result codes that speak of the file, the disk or a lock, not of a statement (https://sqlite.org/rescode.html).
_OUTAGES: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}


def create_sqlite_engine(url: str, connections: int) -> Engine:
    """An engine that begins writes with `BEGIN IMMEDIATE` and reads with a deferred `BEGIN`.

    Only so does a unit of work that reads before it writes never fail half-way for a lock that another took meanwhile.
    """
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        hide_parameters=True,  # what callers sent is not for the log
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # `_begin` says when a transaction begins, not the driver
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


class SqliteDatabase(Database):
    """Runs units of work in threads: reads in those of one executor, writes in the only one of another.

    SQLite lets one writer in at a time and has the others poll. Queueing them here leaves only other processes to poll,
    and readers wait for no writer.
    """

    def __init__(self, engine: Engine, readers: Executor, writer: Executor) -> None:
        self._for_writes = engine
        self._for_reads = engine.execution_options(reads=True)
        self._readers = readers
        self._writer = writer

    async def read(self, work: Work[T]) -> T:
        return await self._readers.run(lambda: _run(self._for_reads, work))

    async def write(self, work: Work[T]) -> T:
        return await self._writer.run(lambda: _run(self._for_writes, work))

    async def close(self) -> None:
        self._readers.close()
        self._writer.close()
        self._for_writes.dispose()


def _run(engine: Engine, work: Work[T]) -> T:
    with _translated(), engine.begin() as connection:
        return work(connection)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        code: Any = getattr(error.orig, "sqlite_errorcode", None)
        if code in _VIOLATIONS:
            raise _VIOLATIONS[code] from error
        if code is not None and code & 0xFF in _OUTAGES:
            raise StoreUnavailable from error
        raise
    except PoolTimeoutError as error:
        raise StoreUnavailable from error
