"""What PostgreSQL's errors mean to the service, by their SQLSTATE.

Whatever the server or the connection to it reports is the store's own trouble: the service's statements are constants
that tests run on the tables of this version, so that a caller can neither cause nor correct what the server refuses.
That holds for a syntax error as well: an older server or changed tables are likelier than a wrong statement.
What Python raises while it builds a statement or reads a row is our mistake, and remains one.
"""

from collections.abc import Mapping
from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError, EmulatedDBAPIException, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from service.adapters.sql.database import ForeignKeyViolation, PrimaryKeyViolation, UniqueViolation
from service.application.ports import StoreTrouble

# SQLSTATE codes, and prefixes of them (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_UNIQUE: Final = "23505"
_FOREIGN_KEY: Final = ("23503", "23001")  # the second: ON DELETE RESTRICT, since PostgreSQL 18
_LOST_RACE: Final = (
    "40001",  # serialization failure
    "40P01",  # deadlock
    "55P03",  # a lock was not obtained within lock_timeout
    "0A000",  # "cached plan must not change result type": a table was altered; the driver prepares it again
)
_LOST_CONNECTION: Final = (
    "08",  # the connection
    "57P01",  # an administrator ended the session
    "57P02",  # another session crashed
    "57P05",  # idle for too long
    "25P03",  # idle in a transaction for too long
    "25P04",  # the transaction took too long
)
_READ_ONLY: Final = "25006"  # a replica, since a failover
_TOO_MANY_CONNECTIONS: Final = "53300"
_DATA: Final = "22"  # such messages may quote what a caller sent

_MIGRATE: Final = "run `shapeshift migrate`, and see that the role's search_path leads to its tables"
_POOLER: Final = "behind a pooler in transaction mode, add prepared_statement_cache_size=0 to database_url"
_ADVICE: Final[Mapping[str, str]] = {
    "42P01": _MIGRATE,
    "42703": _MIGRATE,
    "3F000": _MIGRATE,
    "42501": "grant the role of database_url SELECT, INSERT, UPDATE and DELETE on the tables",
    "28": "see that database_url has the right role and password, and that pg_hba.conf lets it in",
    "3D000": "create the database, or correct its name in database_url",
    _TOO_MANY_CONNECTIONS: "raise max_connections, or lower workers_io or the number of processes",
    _READ_ONLY: "this server takes no writes; see that database_url leads to the primary",
    "26000": _POOLER,
    "42P05": _POOLER,
}


class LostRace(StoreTrouble):
    """The server ended a transaction in favour of another one, and undid it: it can be run again."""


class LostConnection(StoreTrouble):
    """The connection is gone. What was only read can be read again; whether a change took effect is not known."""


class NoConnectionLeft(StoreTrouble):
    """The server accepts no further connection."""


def translated(error: Exception) -> Exception:
    """What an error means: a violation, some `StoreTrouble`, or itself where it is not the store's."""
    if isinstance(error, DBAPIError):
        return _of_driver(error)
    if isinstance(error, OSError):
        lost = isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError)
        return (LostConnection if lost else StoreTrouble)(described(error))
    if isinstance(error, PoolTimeoutError | InvalidRequestError):
        return StoreTrouble(described(error))
    return error


def is_lost(error: BaseException) -> bool:
    """Whether the connection that raised this error cannot be used again."""
    cause = _driver_error(error)
    if isinstance(cause, asyncpg.PostgresError):
        return _code(cause).startswith((*_LOST_CONNECTION, _READ_ONLY))
    return isinstance(cause, asyncpg.InterfaceError | asyncpg.InternalClientError) and not _is_bad_argument(cause)


def described(error: Exception) -> str:
    """An error for the log: its SQLSTATE, its message, and what an operator can do; never what callers sent."""
    cause = _driver_error(error.orig if isinstance(error, DBAPIError) and error.orig else error)
    code = _code(cause)
    message = type(cause).__name__ if code.startswith(_DATA) or not str(cause) else str(cause)
    message = "it did not answer in time" if isinstance(cause, TimeoutError) else message.partition("\n")[0]
    advice = next((f" ({text})" for prefix, text in _ADVICE.items() if code.startswith(prefix)), "")
    return f"PostgreSQL {code}: {message}{advice}" if code else f"PostgreSQL: {message}"


def _of_driver(error: DBAPIError) -> Exception:
    cause = _driver_error(error.orig or error)
    if _is_bad_argument(cause):
        return TypeError("asyncpg refused an argument of a statement")  # its own message quotes the argument
    code = _code(cause)
    if code == _UNIQUE:
        constraint = getattr(cause, "constraint_name", None) or ""
        return (PrimaryKeyViolation if constraint.startswith("pk_") else UniqueViolation)(constraint)
    if code in _FOREIGN_KEY:
        return ForeignKeyViolation()
    kind = StoreTrouble
    if code in _LOST_RACE:
        kind = LostRace
    elif code == _TOO_MANY_CONNECTIONS:
        kind = NoConnectionLeft
    elif error.connection_invalidated:
        kind = LostConnection
    return kind(described(error))


def _driver_error(error: BaseException) -> BaseException:
    """asyncpg's own error, which SQLAlchemy's names as its cause."""
    return error.__cause__ if isinstance(error, EmulatedDBAPIException) and error.__cause__ else error


def _code(error: BaseException) -> str:
    return getattr(error, "sqlstate", None) or ""


def _is_bad_argument(error: BaseException) -> bool:
    """Whether asyncpg could not encode an argument: its error is an `InterfaceError` of a class that it hides."""
    return (
        isinstance(error, asyncpg.InterfaceError)
        and isinstance(error, ValueError)
        and not isinstance(error, asyncpg.ClientConfigurationError)
    )
