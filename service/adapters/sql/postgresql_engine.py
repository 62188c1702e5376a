"""Connections to PostgreSQL: how they are opened, kept, checked and closed."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from secrets import token_hex
from typing import Any, Final

import asyncpg
from sqlalchemy import AsyncAdaptedQueuePool, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from service.adapters.sql.postgresql_errors import is_lost
from service.adapters.sql.postgresql_url import PostgresqlAddress
from service.application.deadline import STORE_SECONDS

# A connection that was idle for longer may be lost without notice: a function was frozen, or a firewall dropped it.
TRUSTED_SECONDS: Final = 1.0
PING_SECONDS: Final = 0.5
FAREWELL_SECONDS: Final = 0.1
LIMITS: Final = {"lock_timeout": "1000ms", "statement_timeout": "1500ms"}
"""Below a request's deadline: a server stops by itself what takes too long, also where nobody can ask it to."""


def create_postgresql_engine(address: PostgresqlAddress, connections: int) -> AsyncEngine:
    """An engine with at most that many connections, which it opens when they are needed."""
    options: dict[str, Any] = {"prepared_statement_name_func": _unnamed if address.behind_pooler else _unique_names()}
    if address.cached_statements is not None:
        options["prepared_statement_cache_size"] = address.cached_statements
    engine = create_async_engine(
        "postgresql+asyncpg://",
        poolclass=_Pool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=STORE_SECONDS,
        connect_args={"async_creator_fn": partial(_connect, address), **options},
        hide_parameters=True,  # what callers sent is not for the log
    )
    event.listen(engine.sync_engine, "checkin", _note_time)
    event.listen(engine.sync_engine, "checkout", _check_connection)
    event.listen(engine.sync_engine, "handle_error", _leave_lost_connections)
    return engine


def _unnamed() -> str:
    """The name of a prepared statement that the next one replaces, so that a pooler's session keeps none of them.

    asyncpg sends no Sync between preparing and running it, so a pooler in transaction mode keeps the session for us
    (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY).
    """
    return ""


def _unique_names() -> Callable[[], str]:
    """Names of prepared statements that no other process uses.

    asyncpg counts from one in each process: behind a pooler without this setting, a name would be found in another
    process's session, where it may be a `DELETE`. An unknown name is an error.
    """
    prefix, numbers = token_hex(8), count(1)
    return lambda: f"{prefix}_{next(numbers)}"


async def _connect(address: PostgresqlAddress) -> asyncpg.Connection:
    arguments = dict(address.arguments)
    arguments["timeout"] = min(arguments.get("timeout", STORE_SECONDS), STORE_SECONDS)
    try:
        connection = await asyncpg.connect(**arguments, connection_class=_PromptConnection)
        if not address.behind_pooler:  # which would keep the settings, for the next caller of its connection
            await connection.execute(_limits(arguments.get("dsn", "")), timeout=arguments["timeout"])
        return connection
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        raise
    except Exception as error:  # asyncpg could not read the answer: no request caused this
        raise ConnectionError(f"no connection could be made: {error!r}") from error


def _limits(options: str) -> str:
    """Return the statements that set the limits which the address does not set itself."""
    return "".join(f"SET {name} = '{value}';" for name, value in LIMITS.items() if name not in options)


class _Pool(AsyncAdaptedQueuePool):
    """Forgets a connection that could not be replaced, so that the others are used while the server is full."""

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        if record.dbapi_connection is None:
            self._dec_overflow()
        else:
            super()._do_return_conn(record)


class _PromptConnection(asyncpg.Connection):  # type: ignore[misc]  # it ships no types
    """Closes without delay. SQLAlchemy would wait two seconds for a server that has just missed a deadline."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109  # asyncpg's signature
        with suppress(TimeoutError):  # it has been cut off
            await super().close(timeout=FAREWELL_SECONDS)


def _note_time(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.time()


def _check_connection(connection: Any, record: Any, _proxy: Any) -> None:
    if connection.driver_connection.is_closed():  # the server has closed it, and said so
        raise InvalidatePoolError
    used_at = record.info.get("used_at")
    # The clock on the wall: the other may stand still while a function is frozen.
    if used_at is None or 0 <= time.time() - used_at <= TRUSTED_SECONDS:
        return
    try:
        connection.run_async(lambda raw: raw.execute(";", timeout=PING_SECONDS))
    except Exception as error:  # whatever the reason, the connection cannot be used
        raise InvalidatePoolError from error


def _leave_lost_connections(context: ExceptionContext) -> None:
    """Have SQLAlchemy close a connection, and renew its pool, where it would keep both."""
    if is_lost(context.original_exception):
        context.is_disconnect = True
