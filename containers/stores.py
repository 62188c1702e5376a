"""How each store is opened: written once, for every runtime.

The imports inside the functions are the point: a process loads the libraries of the store that it uses, and no others.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Callable, Dependency, Selector, Singleton

from containers.settings import ConfigurationError, SettingProblem, Settings
from service.adapters.executors import Executor
from service.application.ports import OrderRepository, UserRepository


def _memory_store() -> Any:
    from service.adapters.memory.store import MemoryStore

    return MemoryStore()


def _memory_users(store: Any) -> UserRepository:
    from service.adapters.memory.users import MemoryUserRepository

    return MemoryUserRepository(store)


def _memory_orders(store: Any) -> OrderRepository:
    from service.adapters.memory.orders import MemoryOrderRepository

    return MemoryOrderRepository(store)


def _sqlite_engine(url: str, connections: int) -> Any:
    from service.adapters.sql.sqlite import create_sqlite_engine

    return create_sqlite_engine(url, connections)


def _sqlite_database(engine: Any, executor: Executor, *, creates_tables: bool) -> Any:
    from service.adapters.sql.sqlite import SqliteDatabase

    if creates_tables:
        _migrate_sqlite(engine)
    return SqliteDatabase(engine, executor)


def _sql_users(database: Any) -> UserRepository:
    from service.adapters.sql.users import SqlUserRepository

    return SqlUserRepository(database)


def _sql_orders(database: Any) -> OrderRepository:
    from service.adapters.sql.orders import SqlOrderRepository

    return SqlOrderRepository(database)


def _dynamodb_client(environ: Mapping[str, str], executor: Executor) -> Any:
    from containers.aws import aws_client
    from service.adapters.dynamodb.client import client_config

    return aws_client(environ, "dynamodb", client_config(executor.size))


def _dynamodb(client: Any, executor: Executor) -> Any:
    from service.adapters.dynamodb.client import DynamoClient

    return DynamoClient(client, executor)


def _dynamodb_users(client: Any, users_table: str) -> UserRepository:
    from service.adapters.dynamodb.users import DynamoUserRepository

    return DynamoUserRepository(client, users_table)


def _dynamodb_orders(client: Any, orders_table: str, users_table: str) -> OrderRepository:
    from service.adapters.dynamodb.orders import DynamoOrderRepository

    return DynamoOrderRepository(client, orders_table, users_table)


def _migrate_dynamodb(client: Any, users_table: str, orders_table: str) -> str:
    from service.adapters.dynamodb.tables import create_tables

    created = create_tables(client, (users_table, orders_table))
    return f"Created: {', '.join(created)}." if created else "The tables are there already."


def _migrate_sqlite(engine: Any) -> str:
    """Create or upgrade the tables. Of several processes that do so at once, one does it and the others wait."""
    from sqlalchemy.exc import DBAPIError

    from service.adapters.sql.migrations import HEAD, is_current

    try:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        with engine.connect().execution_options(reads=True) as connection:
            if is_current(connection):
                return f"The tables are up to date (revision {HEAD})."
        from service.adapters.sql.migrations.upgrade import upgrade

        with engine.begin() as connection:
            upgrade(connection)
    except (OSError, DBAPIError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise ConfigurationError([SettingProblem("database_url", f"the file cannot be used: {reason}")]) from error
    finally:
        engine.dispose()  # whoever only migrates leaves no connection open
    return f"The tables were brought to revision {HEAD}."


def _migrate_memory() -> str:
    return "The store memory has no tables."


class StoresContainer(DeclarativeContainer):
    """The repositories and the migration of the store that the settings name."""

    environ: Dependency[Mapping[str, str]] = Dependency()
    settings = Dependency(instance_of=Settings)
    executor: Dependency[Executor] = Dependency()
    creates_tables = Dependency(instance_of=bool, default=False)
    """Whether opening a SQL store brings its tables up to date: on a laptop only."""

    memory_store = Singleton(_memory_store)
    sqlite_engine = Singleton(
        _sqlite_engine, settings.provided.database_url.get_secret_value.call(), settings.provided.workers_io
    )
    sqlite_database = Singleton(_sqlite_database, sqlite_engine, executor, creates_tables=creates_tables)

    users_table = settings.provided.users_table
    orders_table = settings.provided.orders_table
    dynamodb_client = Singleton(_dynamodb_client, environ, executor)
    dynamodb = Singleton(_dynamodb, dynamodb_client, executor)

    user_repository = Selector(
        settings.provided.store,
        memory=Singleton(_memory_users, memory_store),
        sqlite=Singleton(_sql_users, sqlite_database),
        dynamodb=Singleton(_dynamodb_users, dynamodb, users_table),
    )
    order_repository = Selector(
        settings.provided.store,
        memory=Singleton(_memory_orders, memory_store),
        sqlite=Singleton(_sql_orders, sqlite_database),
        dynamodb=Singleton(_dynamodb_orders, dynamodb, orders_table, users_table),
    )
    migrate = Selector(
        settings.provided.store,
        memory=Callable(_migrate_memory),
        sqlite=Callable(_migrate_sqlite, sqlite_engine),
        dynamodb=Callable(_migrate_dynamodb, dynamodb_client, users_table, orders_table),
    )
