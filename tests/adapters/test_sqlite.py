"""What is particular to SQLite: its migrations, its plans, its locks and its failures."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from containers.local import LocalContainer
from service.adapters.sql import sqlite
from service.adapters.sql.migrations import HEAD, is_current
from service.adapters.sql.migrations.upgrade import upgrade
from service.adapters.sql.sqlite_file import DatabaseFile
from service.adapters.sql.tables import metadata
from service.application.deadline import begin_deadline
from service.application.ports import KeyUse, Recorded
from service.domain.errors import StoreUnavailable
from tests.adapters.queries import PAGE_QUERIES
from tests.examples import NOON, a_user, an_order

UP_TO_DATE = f"The tables are up to date: revision {HEAD}."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture
def engine(file: Path) -> Engine:
    engine = sqlite.create_sqlite_engine(DatabaseFile(str(file)), 1, creates=True)
    with engine.begin() as connection:
        upgrade(connection)
    return engine


def a_container(file: Path) -> Any:
    return LocalContainer(environ={"DATABASE_URL": f"sqlite:///{file}", "CURSOR_SECRET": "x" * 16})


def test_the_migrations_lead_to_the_tables_that_the_code_uses(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_connection_shares_its_file_keeps_references_and_waits_for_others(file: Path) -> None:
    database = a_container(file).store().database()
    names = ("journal_mode", "synchronous", "foreign_keys", "journal_size_limit", "busy_timeout")

    async def story() -> dict[str, Any]:
        found: dict[str, Any] = await database.read(
            lambda connection: {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
        )
        await database.close()
        return found

    found = asyncio.run(story())
    assert 1000 < found.pop("busy_timeout") <= 1500
    assert found == {
        "journal_mode": "wal",
        "synchronous": 1,  # NORMAL: nothing is lost when the process ends, and the file is never damaged
        "foreign_keys": 1,
        "journal_size_limit": 16 * 1024 * 1024,
    }


def test_the_head_that_a_start_compares_with_is_the_last_migration(engine: Engine) -> None:
    directory = Path(sqlite.__file__).parent / "migrations"

    assert ScriptDirectory(str(directory)).get_heads() == [HEAD]
    with engine.connect() as connection:
        assert is_current(connection)
    engine.dispose()


def test_many_who_migrate_at_once_migrate_once(file: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda _: a_container(file).migrate(), range(8)))

    assert set(said) <= {f"The tables were brought to revision {HEAD}.", UP_TO_DATE}
    assert a_container(file).migrate() == UP_TO_DATE


def test_tables_of_a_later_version_are_left_as_they_are_and_used(engine: Engine, file: Path) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    container, user = a_container(file), a_user()

    async def story() -> None:
        users = container.user_repository()
        await users.add(user)
        assert await users.get(user.id) == user
        await users.close()

    assert container.migrate() == "The tables are up to date: revision 9999."
    asyncio.run(story())


@pytest.mark.parametrize(("query", "index"), PAGE_QUERIES)
def test_a_page_is_read_from_an_index_and_never_sorted(engine: Engine, file: Path, query: str, index: str) -> None:
    engine.dispose()
    with sqlite3.connect(file) as connection:
        plan = " ".join(str(row) for row in connection.execute(f"EXPLAIN QUERY PLAN {query}"))
    connection.close()

    assert f"USING INDEX {index}" in plan
    assert "TEMP B-TREE" not in plan


def test_a_file_that_another_process_keeps_locked_is_unavailable_and_recovers(file: Path) -> None:
    users = a_container(file).user_repository()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def request() -> None:
        begin_deadline(0.05)
        await users.add(a_user())

    async def story() -> None:
        await users.ping()
        with pytest.raises(StoreUnavailable):
            await asyncio.create_task(request())
        other.execute("ROLLBACK")
        await users.add(a_user())
        await users.close()

    asyncio.run(story())
    other.close()


def test_readers_wait_for_no_writer_also_when_one_was_given_up(file: Path) -> None:
    users = a_container(file).user_repository()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def story() -> None:
        given_up = asyncio.create_task(users.add(a_user()))
        await users.ping()
        given_up.cancel()
        waiting = [asyncio.create_task(users.add(a_user())) for _ in range(3)]
        await users.page(1)
        assert not any(each.done() for each in waiting)
        other.execute("ROLLBACK")
        await asyncio.gather(*waiting)
        assert len((await users.page(10)).items) >= 3
        await users.close()

    asyncio.run(story())
    other.close()


def test_a_file_that_is_no_database_is_unavailable(file: Path) -> None:
    container = a_container(file)
    users = container.user_repository()
    asyncio.run(users.close())
    for path in file.parent.iterdir():
        path.unlink()
    file.write_bytes(b"this is no database " * 500)

    for attempt in (users.ping(), users.add(a_user()), users.page(1)):
        with pytest.raises(StoreUnavailable):
            asyncio.run(attempt)
    asyncio.run(users.close())


def test_what_a_key_recorded_before_a_field_existed_has_its_default(file: Path) -> None:
    container = a_container(file)
    users, orders, user = container.user_repository(), container.order_repository(), a_user()
    order, use = an_order(user.id), KeyUse("k1", "f1", NOON, NOON + timedelta(hours=1))

    async def story() -> None:
        await users.add(user)
        await orders.add(order, use)
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE idempotency_keys SET entity = json_remove(entity, '$.status')")
        assert await orders.add(an_order(user.id), use) == Recorded("f1", order)
        await users.close()

    asyncio.run(story())
