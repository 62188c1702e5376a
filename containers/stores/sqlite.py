"""Data in a SQLite file."""

from collections.abc import Mapping

from dependency_injector.providers import Callable, Singleton
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from containers.settings import ConfigurationError, SettingProblem
from containers.stores.inputs import WORKER, StoreInputs, repositories
from service.adapters.executors import Executor, ThreadExecutor
from service.adapters.sql.migrations import HEAD, is_current, revision_of
from service.adapters.sql.repository import SqlRepository
from service.adapters.sql.sqlite import SqliteDatabase, create_sqlite_engine
from service.adapters.sql.sqlite_file import DatabaseFile
from service.adapters.sql.sqlite_url import path_of
from service.application.load import Load


def _file(url: str) -> DatabaseFile:
    return DatabaseFile(path_of(url))


def _migrate(file: DatabaseFile) -> str:
    """Create or upgrade the tables. Of several processes that do so at once, one does it and the others wait."""
    engine = create_sqlite_engine(file, 1, creates=True)
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        with engine.connect().execution_options(reads=True) as connection:
            if is_current(connection):
                return f"The tables are up to date: revision {revision_of(connection)}."
        from service.adapters.sql.migrations.upgrade import upgrade  # noqa: PLC0415  # Alembic, for who needs it

        with engine.begin() as connection:
            upgrade(connection)
    except (OSError, DBAPIError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise ConfigurationError([SettingProblem("database_url", f"the file cannot be used: {reason}")]) from error
    finally:
        engine.dispose()  # a command that only migrates leaves no connection open
    return f"The tables were brought to revision {HEAD}."


def _engine(file: DatabaseFile, readers: int) -> Engine:
    return create_sqlite_engine(file, readers + 1)  # and one that writes


def _database(
    engine: Engine,
    file: DatabaseFile,
    readers: Executor,
    writer: Executor,
    load: Load,
    environ: Mapping[str, str],
    *,
    creates_tables: bool,
) -> SqliteDatabase:
    if creates_tables and (WORKER not in environ or file.path.exists()):  # a file that was lost is not made again
        _migrate(file)
    return SqliteDatabase(engine, file, readers, writer, load)


class SqliteContainer(StoreInputs):
    """The store `sqlite`."""

    file = Singleton(_file, StoreInputs.settings.provided.database_url.get_secret_value.call())
    engine = Singleton(_engine, file, StoreInputs.settings.provided.workers_io)
    writer = Singleton(ThreadExecutor, 1)
    database = Singleton(
        _database,
        engine,
        file,
        StoreInputs.executor,
        writer,
        StoreInputs.load,
        StoreInputs.environ,
        creates_tables=StoreInputs.creates_tables,
    )
    repositories = repositories(SqlRepository, database)
    migrate = Callable(_migrate, file)
