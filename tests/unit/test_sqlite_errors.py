"""What SQLite's errors mean, among them those that a test cannot bring about."""

import sqlite3

import pytest
from sqlalchemy.exc import DBAPIError

from service.adapters.sql.sqlite_errors import is_damage, raise_translated
from service.domain.errors import StoreUnavailable

LOCKED = "Another process keeps the file locked."
OTHER_TABLES = "The tables are not those that this version needs: run `shapeshift migrate`"
RIGHTS = "Let this process read and write the file and its directory."


def an_error(code: int | None, name: str = "A_NAME") -> DBAPIError:
    error = sqlite3.OperationalError("what happened")
    if code is not None:
        error.sqlite_errorcode = code
        error.sqlite_errorname = name
    return DBAPIError("SELECT 1", None, error)


@pytest.mark.parametrize(
    ("name", "damaged"),
    [
        ("CORRUPT", True),
        ("CORRUPT_INDEX", True),
        ("CORRUPT_VTAB", True),
        ("NOTADB", True),
        ("IOERR_SHORT_READ", True),
        ("READONLY_DBMOVED", True),
        ("IOERR", False),
        ("IOERR_READ", False),
        ("READONLY", False),
        ("READONLY_DIRECTORY", False),
        ("BUSY", False),
        ("FULL", False),
        ("CANTOPEN", False),
    ],
)
def test_a_file_is_damaged_where_its_content_is_not_what_sqlite_wrote(name: str, *, damaged: bool) -> None:
    assert is_damage(an_error(getattr(sqlite3, f"SQLITE_{name}"))) is damaged


def test_an_error_without_a_code_is_no_damage_and_is_reported_by_its_type() -> None:
    assert not is_damage(an_error(None))
    with pytest.raises(StoreUnavailable) as error:
        raise_translated(an_error(None))
    assert str(error.value.__cause__) == "what happened (OperationalError)."


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("ERROR", OTHER_TABLES),
        ("CONSTRAINT_NOTNULL", OTHER_TABLES),
        ("MISMATCH", OTHER_TABLES),
        ("SCHEMA", OTHER_TABLES),
        ("BUSY", LOCKED),
        ("BUSY_SNAPSHOT", LOCKED),
        ("LOCKED", LOCKED),
        ("READONLY_DIRECTORY", "Let this process write to the file and to its directory."),
        ("PERM", RIGHTS),
        ("AUTH", RIGHTS),
        ("CANTOPEN", "Check `database_url` and the rights on the file and its directory"),
        ("FULL", "The disk is full."),
        ("IOERR_FSYNC", "Check the disk."),
        ("INTERRUPT", ""),
    ],
)
def test_the_cause_says_what_an_operator_can_do(name: str, advice: str) -> None:
    code = getattr(sqlite3, f"SQLITE_{name}")
    with pytest.raises(StoreUnavailable) as error:
        raise_translated(an_error(code, f"SQLITE_{name}"))
    told = str(error.value.__cause__)
    assert told.startswith(f"what happened (SQLITE_{name}). {advice}".rstrip())
    assert told.endswith(".")
