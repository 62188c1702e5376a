"""Data in PostgreSQL. Tables are made by `shapeshift migrate` only, never by a process that serves."""

import asyncio

from dependency_injector.providers import Callable, Singleton
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from containers.settings import ConfigurationError, SettingProblem, Settings
from containers.stores.inputs import StoreInputs, repositories
from service.adapters.sql.migrations import revision_of
from service.adapters.sql.postgresql import PostgresqlDatabase
from service.adapters.sql.postgresql_engine import create_postgresql_engine
from service.adapters.sql.postgresql_errors import described
from service.adapters.sql.postgresql_url import read_address
from service.adapters.sql.repository import SqlRepository


def _migrate(engine: AsyncEngine) -> str:
    """Create or upgrade the tables. Of several processes that do so at once, one does it and the others wait."""
    try:
        return asyncio.run(_upgrade(engine))
    except (OSError, DBAPIError) as error:
        reason = f"the database cannot be used: {described(error)}"
        raise ConfigurationError([SettingProblem("database_url", reason)]) from error


async def _upgrade(engine: AsyncEngine) -> str:
    from service.adapters.sql.migrations.upgrade import upgrade_alone  # noqa: PLC0415  # Alembic, for who needs it

    try:
        async with engine.begin() as connection:
            upgraded = await connection.run_sync(upgrade_alone)
            revision = await connection.run_sync(revision_of)
    finally:
        await engine.dispose()
    return f"The tables {'were brought to' if upgraded else 'are up to date:'} revision {revision}."


def _connections(settings: Settings) -> int:
    """Return how many connections there may be: the shares, and one for the check of each repository."""
    return settings.workers_io + (len(settings.services) if settings.serves_many else 0)


class PostgresqlContainer(StoreInputs):
    """The store `postgresql`."""

    address = Singleton(read_address, StoreInputs.settings.provided.database_url.get_secret_value.call())
    engine = Singleton(create_postgresql_engine, address, Callable(_connections, StoreInputs.settings))
    database = Singleton(PostgresqlDatabase, engine, StoreInputs.shares, StoreInputs.retry_budget)
    repositories = repositories(SqlRepository, database)
    migrate = Callable(_migrate, engine)
