"""SQLite: one file on a local disk, shared by threads and processes."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from service.adapters.executors import Executor
from service.adapters.sql.database import Database, T, Work
from service.adapters.sql.sqlite_errors import is_damage, raise_translated
from service.adapters.sql.sqlite_file import DatabaseFile
from service.application.deadline import STORE_SECONDS, seconds_left, waiting_for
from service.application.load import Load
from service.domain.errors import StoreUnavailable

WAL_BYTES: Final = 16 * 1024 * 1024
"""What is kept of a longer WAL file, once its content has been copied into the database file."""

# How far a connection's wait for a lock may be from what is left, before it is set again.
_SLACK_MS: Final = 50


def create_sqlite_engine(file: DatabaseFile, connections: int, *, creates: bool = False) -> Engine:
    """An engine that begins writes with `BEGIN IMMEDIATE` and reads with a deferred `BEGIN`.

    So a unit of work that reads before it writes never fails half-way because of a lock that another one has taken.
    For migrations, it creates the file; otherwise it never does, and holds the file to be the same.
    """
    engine = create_engine(
        "sqlite://",
        creator=partial(_connect, file, creates=creates),
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=STORE_SECONDS,
        hide_parameters=True,  # what callers sent is not for the log
    )
    event.listen(engine, "connect", _prepare)
    if not creates:
        event.listen(engine, "connect", partial(_watch, file))
    event.listen(engine, "begin", _begin)
    return engine


def _connect(file: DatabaseFile, *, creates: bool) -> sqlite3.Connection:
    if not creates:
        file.find()
    return sqlite3.connect(file.uri("rwc" if creates else "rw"), uri=True, check_same_thread=False)


def _prepare(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None  # `_begin` says when a transaction begins, not the driver
    _set_busy_timeout(connection, record.info, int(STORE_SECONDS * 1000))
    if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
        raise OSError("SQLite cannot keep a WAL file there: keep the database on a local disk.")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _watch(file: DatabaseFile, connection: sqlite3.Connection, record: Any) -> None:
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # after a crash it is unknown what has been checkpointed
    record.info["files"] = file.opened()


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _set_busy_timeout(connection: Any, info: dict[str, Any], milliseconds: int) -> None:
    connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
    info["busy_ms"] = milliseconds


class SqliteDatabase(Database):
    """Runs units of work in threads: reads in those of one executor, writes in the only one of another.

    SQLite lets one writer in at a time and has the others poll. Queueing them here leaves only other processes to poll,
    and readers wait for no writer. Once the file is lost, it always raises `StoreUnavailable` (see `DatabaseFile`).
    """

    def __init__(self, engine: Engine, file: DatabaseFile, readers: Executor, writer: Executor, load: Load) -> None:
        self._for_writes = engine
        self._for_reads = engine.execution_options(reads=True)
        self._file = file
        self._readers = readers
        self._writer = writer
        self._load = load
        with suppress(OSError):  # a request will say what is wrong
            file.remember()

    async def read(self, work: Work[T]) -> T:
        return await self._run("sqlite: read", self._readers, lambda until: self._read(work, until))

    async def check(self, work: Work[object]) -> None:
        def check(until: float) -> None:
            self._read(work, until)
            self._file.check_writable()

        await self._run("sqlite: check", self._readers, check, STORE_SECONDS)

    async def write(self, work: Work[T]) -> T:
        return await self._run("sqlite: write", self._writer, lambda until: self._write(work, until))

    async def close(self) -> None:
        self._readers.close()
        self._writer.close()
        self._for_writes.dispose()

    async def _run(
        self, what: str, executor: Executor, transact: Callable[[float], T], queue_seconds: float | None = None
    ) -> T:
        now = time.monotonic()
        until = now + seconds_left(STORE_SECONDS)
        latest = min(until, now + (queue_seconds or self._load.queue_seconds))

        def run() -> T:
            if time.monotonic() >= latest:
                raise StoreUnavailable from TimeoutError("Other requests kept the threads of SQLite busy.")
            waiting_for(what)
            with self._translated():
                return transact(until)

        waiting_for("sqlite: queue")
        result = await executor.run(run)
        waiting_for("")
        return result

    def _read(self, work: Work[T], until: float) -> T:
        with self._for_reads.connect() as connection:
            self._check_in(connection, until)
            with connection.begin():
                return work(connection)

    def _write(self, work: Work[T], until: float) -> T:
        with self._for_writes.connect() as connection:
            self._check_in(connection, until)
            with connection.begin():
                result = work(connection)
            # After the commit: what is acknowledged was in the file while that was at its path.
            self._file.check(connection.info["files"])
            return result

    def _check_in(self, connection: Connection, until: float) -> None:
        """Make sure of the file, and wait for locks no longer than until then (on the monotonic clock)."""
        info = connection.info
        self._file.check_if_due(info["files"])
        left = max(0, int((until - time.monotonic()) * 1000))
        if abs(left - info["busy_ms"]) > _SLACK_MS or left < _SLACK_MS:
            _set_busy_timeout(connection.connection.dbapi_connection, info, left)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:  # the second: of what SQLAlchemy did not run
            failure = DBAPIError(None, None, error) if isinstance(error, sqlite3.Error) else error
            if is_damage(failure):
                self._file.lose(f"is damaged ({failure.orig})")
            raise_translated(failure)
        except (OSError, PoolTimeoutError) as error:
            raise StoreUnavailable from error
