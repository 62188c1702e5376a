"""What SQLite's errors mean (https://sqlite.org/rescode.html)."""

import sqlite3
from typing import Any, Final, NoReturn

from sqlalchemy.exc import DBAPIError

from service.adapters.sql.database import ForeignKeyViolation, PrimaryKeyViolation, UniqueViolation
from service.application.ports import StoreTrouble
from service.domain.errors import StoreUnavailable

_VIOLATIONS: Final = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: UniqueViolation,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: PrimaryKeyViolation,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: ForeignKeyViolation,
}

# By these the driver, not the file, says that it was called in a wrong way.
_OUR_MISTAKES: Final = (sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError)

# The content is not what SQLite wrote there. Some are extended codes, some primary ones.
_DAMAGED: Final = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_READONLY_DBMOVED,
}

_OTHER_TABLES: Final = (
    "The tables are not those that this version needs: run `shapeshift migrate`, or, where it finds nothing to do, "
    "restore the file from a backup."
)
_ADVICE: Final = {
    sqlite3.SQLITE_ERROR: _OTHER_TABLES,
    sqlite3.SQLITE_CONSTRAINT: _OTHER_TABLES,
    sqlite3.SQLITE_MISMATCH: _OTHER_TABLES,
    sqlite3.SQLITE_SCHEMA: _OTHER_TABLES,
    sqlite3.SQLITE_BUSY: "Another process keeps the file locked.",
    sqlite3.SQLITE_LOCKED: "Another process keeps the file locked.",
    sqlite3.SQLITE_READONLY: "Let this process write to the file and to its directory.",
    sqlite3.SQLITE_PERM: "Let this process read and write the file and its directory.",
    sqlite3.SQLITE_AUTH: "Let this process read and write the file and its directory.",
    sqlite3.SQLITE_CANTOPEN: "Check `database_url` and the rights on the file and its directory; if there is no file "
    "yet, run `shapeshift migrate`.",
    sqlite3.SQLITE_FULL: "The disk is full.",
    sqlite3.SQLITE_IOERR: "Check the disk.",
}


class SqliteFailure(StoreTrouble):
    """SQLite's own trouble: its message, its code's name, and what an operator can do."""


def is_damage(error: DBAPIError) -> bool:
    """Whether the error proves that another program has changed the file."""
    code: Any = getattr(error.orig, "sqlite_errorcode", None)
    return code is not None and (code in _DAMAGED or code & 0xFF in _DAMAGED)


def raise_translated(error: DBAPIError) -> NoReturn:
    """Raise the violation that an error stands for, or `StoreUnavailable`; the error itself if the mistake is ours."""
    code: Any = getattr(error.orig, "sqlite_errorcode", None)
    if code in _VIOLATIONS:
        raise _VIOLATIONS[code](str(error.orig)) from error
    if isinstance(error.orig, _OUR_MISTAKES) and not error.connection_invalidated:
        raise error
    name = getattr(error.orig, "sqlite_errorname", type(error.orig).__name__)
    advice = _ADVICE.get(code & 0xFF, "") if code is not None else ""
    raise StoreUnavailable from SqliteFailure(f"{error.orig} ({name}). {advice}".rstrip())
