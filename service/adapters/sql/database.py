"""What the SQL repositories need of a database, whichever it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Executable
from sqlalchemy.exc import SQLAlchemyError

from service.domain.errors import StoreUnavailable

T = TypeVar("T")

Work = Callable[[Connection], T]
"""One transaction's statements. It may be run more than once, so it has no effects but on the connection."""


class UniqueViolation(Exception):
    """A value that must be unique is there already (not that of a primary key). Its text names the column."""


class PrimaryKeyViolation(Exception):
    """A row with this primary key is there already."""


class ForeignKeyViolation(Exception):
    """A row refers to one that is not there, or one that is still referred to would go."""


class Database(ABC):
    """Runs units of work, each in a transaction of its own.

    Raises the violations above, and `StoreUnavailable` where the database cannot be used at the moment.
    """

    @abstractmethod
    async def read(self, work: Work[T]) -> T:
        """Run statements that only read."""

    @abstractmethod
    async def check(self, work: Work[object]) -> None:
        """Run statements that only read, without waiting for other requests."""

    @abstractmethod
    async def write(self, work: Work[T]) -> T:
        """Run statements that change data, and commit them before returning."""

    @abstractmethod
    async def close(self) -> None:
        """Close every connection. Safe to call twice."""

    def for_repository(self, name: str) -> "Database":  # noqa: ARG002  # for databases that divide their connections
        """Return this database for one repository, which may have connections of its own."""
        return self

    async def ping(self, probe: Executable) -> None:
        """Return if a statement can be run now; else, whatever the reason, raise `StoreUnavailable`.

        It does not wait for other requests: whether a store works does not depend on how much there is to do.
        """
        try:
            await self.check(lambda connection: connection.execute(probe).first())
        except SQLAlchemyError as error:
            raise StoreUnavailable from error
