"""Every store: how the service is told to use it, and how it is read through another door than the service's own."""

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from tests.integrity.history import Json, Kept


class Store(ABC):
    """A store of its own for each run."""

    processes = 2

    @property
    @abstractmethod
    def environ(self) -> dict[str, str]:
        """What leads a server to it."""

    @abstractmethod
    async def read(self) -> Kept | None:
        """What it holds, or None where the API is the only door."""


class Memory(Store):
    """One process only, and no other door."""

    processes = 1

    @property
    def environ(self) -> dict[str, str]:
        return {"STORE": "memory"}

    async def read(self) -> None:
        return None


@dataclass(frozen=True)
class Sqlite(Store):
    """A file, read with Python's own driver."""

    path: Path

    @property
    def environ(self) -> dict[str, str]:
        return {"STORE": "sqlite", "DATABASE_URL": f"sqlite:///{self.path}"}

    async def read(self) -> Kept:
        return await asyncio.to_thread(self._read)

    def _read(self) -> Kept:
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            users, orders = (
                [dict(row) for row in connection.execute(f"SELECT * FROM {table}")] for table in ("users", "orders")
            )
            wrong = [*connection.execute("PRAGMA foreign_key_check"), *connection.execute("PRAGMA integrity_check")]
        contradictions = [str(tuple(row)) for row in wrong if tuple(row) != ("ok",)]
        return _kept(users, orders, contradictions)


@dataclass(frozen=True)
class Postgresql(Store):
    """A database, read with asyncpg itself."""

    url: str

    @property
    def environ(self) -> dict[str, str]:
        return {"STORE": "postgresql", "DATABASE_URL": self.url}

    async def read(self) -> Kept:
        connection = await asyncpg.connect(self.url)
        try:
            users = [dict(row) for row in await connection.fetch("SELECT * FROM users")]
            orders = [dict(row) for row in await connection.fetch("SELECT * FROM orders")]
        finally:
            await connection.close()
        return _kept(users, orders, [])


def _kept(users: Sequence[Json], orders: Sequence[Json], contradictions: list[str]) -> Kept:
    """Rows of a SQL database as the API would show them."""
    keys = Counter(user.pop("email_key") for user in users)
    contradictions += [f"kept {times} times: {key}" for key, times in keys.items() if times > 1]
    for row in (*users, *orders):
        row["created_at"] = moment(row["created_at"])
    return Kept([*users], [*orders], contradictions)


def moment(milliseconds: int) -> str:
    """A moment as the API shows it."""
    seconds = datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{seconds}.{milliseconds % 1000:03}Z"
