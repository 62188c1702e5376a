"""Stores with as many users as one likes, which the database makes itself."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from benchmarks.processes import migrate
from loopback.postgresql import postgresql
from service.application.ports import Position
from service.domain.moments import from_epoch
from service.http.paging import Cursors

SECRET: Final = "a secret of the benchmark"  # noqa: S105  # which signs its own cursors
_FIRST: Final = 1_763_891_417_531
"""When the first user was created, in milliseconds; each other a millisecond after the one before."""

_ROWS: Final = """
INSERT INTO users (id, name, email, email_key, created_at)
SELECT {id}, 'Ada Lovelace', 'ada' || n || '@example.com', 'ada' || n || '@example.com', {first} + n FROM {numbers};
"""

_NUMBERS: Final = "(WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {size}) SELECT n FROM t)"
"""What SQLite has instead of `generate_series`."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A store with users, and how a server is led to it."""

    directory: Path
    environ: Mapping[str, str]
    size: int

    @property
    def get(self) -> str:
        """The path of a user in the middle."""
        return f"/api/users/{_id(self.size // 2)}"

    @property
    def list(self) -> str:
        """The path of a page in the middle."""
        middle = self.size // 2
        cursor = Cursors(SECRET).encode("users", Position(from_epoch(_FIRST + middle), _id(middle)))
        return f"/api/users?{urlencode({'limit': 50, 'cursor': cursor})}"


def _id(number: int) -> str:
    return f"01a207d0-3dbb-7488-8000-{number:012}"


@contextmanager
def _sqlite(directory: Path, size: int) -> Iterator[Shop]:
    file = directory / "shop.db"
    environ = {"CURSOR_SECRET": SECRET, "STORE": "sqlite", "DATABASE_URL": f"sqlite:///{file}"}
    migrate(directory, environ)
    numbers = _NUMBERS.format(size=size)
    with closing(sqlite3.connect(file)) as connection, connection:
        identity = "printf('01a207d0-3dbb-7488-8000-%012d', n)"
        connection.executescript(_ROWS.format(id=identity, first=_FIRST, numbers=numbers) + "ANALYZE;")
    yield Shop(directory, environ, size)


@contextmanager
def _postgresql(directory: Path, size: int) -> Iterator[Shop]:
    with postgresql() as server:
        url = server.create_database()
        environ = {"CURSOR_SECRET": SECRET, "STORE": "postgresql", "DATABASE_URL": url}
        migrate(directory, environ)
        identity = "'01a207d0-3dbb-7488-8000-' || lpad(n::text, 12, '0')"
        rows = _ROWS.format(id=identity, first=_FIRST, numbers=f"generate_series(1, {size}) AS n")
        server.psql(f"\\connect {url.partition('?')[0].rpartition('/')[2]}\n{rows}\nVACUUM ANALYZE users;")
        yield Shop(directory, environ, size)


FILLED: Final[Mapping[str, Callable[[Path, int], AbstractContextManager[Shop]]]] = {
    "SQLite": _sqlite,
    "PostgreSQL": _postgresql,
}
"""By a store's name, how it is filled."""
