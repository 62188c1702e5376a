"""SQLite's own trouble is `StoreUnavailable`, with a cause that tells an operator what to mend, and in time."""

import asyncio
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from containers.local import LocalContainer
from loopback.patience import PATIENCE_SECONDS
from service.adapters.executors import ThreadExecutor
from service.adapters.sql import sqlite
from service.application.deadline import begin_deadline
from service.domain.entities import ENTITIES
from service.domain.errors import StoreUnavailable
from tests.examples import a_user, an_order

pytestmark = pytest.mark.timeout(30)


class Shop:
    """A SQLite file with its tables, and the repositories over it."""

    def __init__(self, file: Path) -> None:
        environ = {"DATABASE_URL": f"sqlite:///{file}", "CURSOR_SECRET": "sqlite-trouble-tests"}
        self.file = file
        self.container: Any = LocalContainer(environ=environ)
        self.users = self.container.user_repository()
        self.orders = self.container.order_repository()

    def run(self, statement: str) -> None:
        with closing(sqlite3.connect(self.file, isolation_level=None)) as connection:
            connection.execute(statement)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop.db")


def _without_tables(shop: Shop) -> None:
    shop.run("DROP TABLE orders")
    shop.run("DROP TABLE users")


def _without_columns(shop: Shop) -> None:
    for table in ("users", "orders"):
        shop.run(f"ALTER TABLE {table} RENAME COLUMN created_at TO made_at")


def _forbidden(shop: Shop) -> None:
    engine = shop.container.store().engine()
    event.listen(engine, "connect", lambda connection, _: connection.set_authorizer(lambda *_: sqlite3.SQLITE_DENY))


def _interrupted(shop: Shop) -> None:
    engine = shop.container.store().engine()
    event.listen(engine, "connect", lambda connection, _: connection.set_progress_handler(lambda: True, 1))


def _interrupted_when_the_wait_for_locks_is_set(shop: Shop) -> None:
    _interrupted(shop)
    event.listen(shop.container.store().engine(), "checkout", _forget_the_wait)


def _forget_the_wait(_connection: Any, record: Any, _proxy: Any) -> None:
    record.info["busy_ms"] = 0


TROUBLES: dict[str, tuple[Callable[[Shop], None], str]] = {
    "tables": (_without_tables, "no such table.*shapeshift migrate"),
    "columns": (_without_columns, "(no such column|has no column).*shapeshift migrate"),
    "rights": (_forbidden, "not authorized.*SQLITE_AUTH"),
    "interrupt": (_interrupted, "interrupted.*SQLITE_INTERRUPT"),
    "interrupt at once": (_interrupted_when_the_wait_for_locks_is_set, "interrupted.*SQLITE_INTERRUPT"),
}


@pytest.mark.parametrize(("trouble", "told"), TROUBLES.values(), ids=TROUBLES)
def test_sqlites_own_trouble_is_unavailable_with_its_cause(
    trouble: Callable[[Shop], None], told: str, shop: Shop
) -> None:
    trouble(shop)

    attempts: list[Callable[[], Coroutine[Any, Any, object]]] = [
        lambda: shop.users.add(a_user(name="hunter2")),
        lambda: shop.users.get("hunter2"),
        lambda: shop.users.page(1),
        shop.users.ping,
        lambda: shop.orders.add(an_order("hunter2")),
        lambda: shop.orders.page(1),
        shop.orders.ping,
    ]
    for attempt in attempts:
        with pytest.raises(StoreUnavailable) as error:
            asyncio.run(attempt())
        cause = repr(error.value.__cause__)
        assert re.search(told, cause), cause
        assert "hunter2" not in cause
    asyncio.run(shop.users.close())


@pytest.mark.parametrize(
    ("statement", "arguments"),
    [
        ("SELECT ?", ("hunter2", 2)),
        ("SELECT ?, ?", ("hunter2", object())),
        ("SELECT zeroblob(2000000000), ?", ("hunter2",)),
    ],
    ids=["an argument too many", "an argument of no type", "too large a value"],
)
def test_a_call_that_the_driver_refuses_is_our_mistake_and_no_outage(
    shop: Shop, statement: str, arguments: tuple[object, ...]
) -> None:
    database = shop.container.store().database()

    with pytest.raises(DBAPIError) as error:
        asyncio.run(database.read(lambda connection: connection.exec_driver_sql(statement, arguments).all()))

    assert "hunter2" not in str(error.value)
    asyncio.run(database.close())


def test_a_check_that_cannot_be_run_is_an_outage_also_where_that_is_our_mistake(shop: Shop) -> None:
    database = shop.container.store().database()

    with pytest.raises(StoreUnavailable):
        asyncio.run(database.ping(text("SELECT :of_no_type").bindparams(of_no_type=object())))

    asyncio.run(database.close())


def test_a_table_that_is_missing_fails_the_check_of_its_repository_only(shop: Shop) -> None:
    shop.run("DROP TABLE orders")

    readiness = asyncio.run(shop.container.readiness()())

    assert readiness.status == "degraded"
    assert readiness.checks == {**dict.fromkeys(ENTITIES, "ok"), "orders": "unavailable", "process": "ok"}
    asyncio.run(shop.users.close())


def test_the_table_of_keys_that_is_missing_fails_the_check_of_every_repository(shop: Shop) -> None:
    shop.run("DROP TABLE idempotency_keys")

    readiness = asyncio.run(shop.container.readiness()())

    assert readiness.checks == {**dict.fromkeys(ENTITIES, "unavailable"), "process": "ok"}
    asyncio.run(shop.users.close())


def test_a_column_that_must_be_filled_and_is_unknown_here_is_unavailable(shop: Shop) -> None:
    shop.run("ALTER TABLE users RENAME TO old")
    shop.run("CREATE TABLE users (id PRIMARY KEY, name, email, email_key, created_at, colour NOT NULL)")

    with pytest.raises(StoreUnavailable) as error:
        asyncio.run(shop.users.add(a_user()))

    assert "users.colour" in repr(error.value.__cause__)
    asyncio.run(shop.users.close())


def test_a_connection_that_may_not_write_is_unavailable_for_writes(shop: Shop) -> None:
    engine = shop.container.store().engine()
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = 1"))

    with pytest.raises(StoreUnavailable) as error:
        asyncio.run(shop.users.add(a_user()))

    assert "SQLITE_READONLY" in repr(error.value.__cause__)
    asyncio.run(shop.users.close())


def test_a_file_that_may_not_be_written_fails_its_check(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(shop.users.ping())
    # To the superuser, who runs tests, no file is read-only.
    monkeypatch.setattr("os.access", lambda _, mode: mode == os.R_OK)

    with pytest.raises(StoreUnavailable) as error:
        asyncio.run(shop.users.ping())

    assert "read-only" in repr(error.value.__cause__)
    asyncio.run(shop.users.close())


def test_whoever_waits_for_a_lock_waits_until_the_deadline_of_the_request_and_no_longer(shop: Shop) -> None:
    async def story() -> None:
        with closing(sqlite3.connect(shop.file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            deadline = begin_deadline(0.3)
            began = time.monotonic()
            with pytest.raises(StoreUnavailable) as error:
                await shop.users.add(a_user())
            assert time.monotonic() - began < 1.2
            assert "SQLITE_BUSY" in repr(error.value.__cause__)
            assert deadline.waits_for == "sqlite: write"
            other.execute("ROLLBACK")

            begin_deadline(5)
            await shop.users.add(a_user())
        await shop.users.close()

    asyncio.run(story())


def test_writes_that_queue_behind_a_lock_are_not_begun_after_their_deadline(shop: Shop) -> None:
    async def add(number: int) -> str:
        begin_deadline(0.3)
        with pytest.raises(StoreUnavailable) as error:
            await shop.users.add(a_user(id=str(number), email=f"{number}@example.com"))
        return repr(error.value.__cause__)

    async def story() -> None:
        with closing(sqlite3.connect(shop.file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            causes = await asyncio.gather(*(asyncio.create_task(add(number)) for number in range(10)))
            assert time.monotonic() - began < 2.5  # and not ten times 0.3
            assert any("TimeoutError" in cause for cause in causes)
            other.execute("ROLLBACK")
        assert not (await shop.users.page(1)).items
        await shop.users.close()

    asyncio.run(story())


def test_a_request_notes_that_it_waits_in_the_queue_and_nothing_when_it_is_served(shop: Shop) -> None:
    async def story() -> None:
        deadline = begin_deadline(5)
        leave = threading.Event()
        blocking = asyncio.create_task(shop.container.store().writer().run(leave.wait))
        waiting = asyncio.create_task(shop.users.add(a_user()))
        await asyncio.sleep(0.05)
        assert deadline.waits_for == "sqlite: queue"
        leave.set()
        await asyncio.gather(blocking, waiting)
        assert deadline.waits_for == ""
        await shop.users.close()

    asyncio.run(story())


def test_while_requests_are_refused_one_waits_less_for_a_thread_and_a_check_does_not(shop: Shop) -> None:
    async def story() -> None:
        leave = threading.Event()
        readers, writer = shop.container.store().executor(), shop.container.store().writer()
        busy = [asyncio.create_task(each.run(leave.wait)) for each in (*[readers] * readers.size, writer)]
        shop.container.load().refusing = True
        calls = [asyncio.create_task(each) for each in (shop.users.page(1), shop.users.add(a_user()))]
        check = asyncio.create_task(shop.users.ping())
        await asyncio.sleep(0.35)
        leave.set()
        for call in calls:
            with pytest.raises(StoreUnavailable) as error:
                await call
            assert "Other requests kept the threads of SQLite busy." in repr(error.value.__cause__)
        await check
        await asyncio.gather(*busy)
        await shop.users.close()

    asyncio.run(story())


def test_a_check_waits_for_no_writer(shop: Shop) -> None:
    async def story() -> None:
        leave = threading.Event()
        blocking = asyncio.create_task(shop.container.store().writer().run(leave.wait))
        await asyncio.sleep(0)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS / 3):
                await shop.users.ping()
        finally:
            leave.set()
        await blocking
        await shop.users.close()

    asyncio.run(story())


def test_work_whose_caller_is_gone_before_it_begins_is_dropped() -> None:
    async def story() -> None:
        executor, leave, done = ThreadExecutor(1), threading.Event(), []
        blocking = asyncio.create_task(executor.run(leave.wait))
        given_up = asyncio.create_task(executor.run(lambda: done.append("given up")))
        await asyncio.sleep(0.05)
        given_up.cancel()
        await asyncio.wait([given_up])
        leave.set()
        await blocking
        await executor.run(lambda: done.append("wanted"))
        assert done == ["wanted"]
        executor.close()

    asyncio.run(story())


def test_a_wal_that_grew_while_a_reader_held_on_shrinks_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    wal = shop.file.with_name("shop.db-wal")

    async def story() -> None:
        with closing(sqlite3.connect(shop.file, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM users").fetchall()
            for number in range(30):
                await shop.users.add(a_user(id=str(number), email=f"{number}@example.com"))
            grown = wal.stat().st_size
        shop.run("PRAGMA wal_checkpoint")  # as SQLite does by itself after 1,000 pages
        await shop.users.add(a_user(id="after", email="after@example.com"))
        assert wal.stat().st_size <= sqlite.WAL_BYTES < grown
        await shop.users.close()

    monkeypatch.setattr(sqlite, "WAL_BYTES", 64 * 1024)
    asyncio.run(story())
