"""What is particular to PostgreSQL: its migrations, its order of text, lost races, pauses and outages."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, text

from containers.settings import ConfigurationError
from loopback.patience import PATIENCE_SECONDS
from loopback.postgresql import Postgresql
from service.adapters.sql import postgresql_engine as adapter
from service.adapters.sql.migrations import HEAD
from service.adapters.sql.tables import metadata
from service.application.deadline import begin_deadline
from service.application.ports import KeyUse
from service.domain.entities import ENTITIES
from service.domain.errors import NotFound, StoreUnavailable, Taken
from tests.adapters.postgresql.shop import a_container, database_of, in_database, migrated
from tests.adapters.queries import PAGE_QUERIES
from tests.examples import NOON, a_user
from tests.runtimes.fickle import fickle_proxy


def test_the_migrations_lead_to_the_tables_that_the_code_uses(url: str) -> None:
    container = migrated(url)

    def differences(connection: Connection) -> list[Any]:
        found: list[Any] = compare_metadata(MigrationContext.configure(connection), metadata)
        return found

    async def story() -> None:
        assert await container.store().database().read(differences) == []
        await container.user_repository().close()

    asyncio.run(story())


def test_many_who_migrate_at_once_migrate_once(url: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda _: a_container(url).migrate(), range(8)))

    assert sorted(said) == [f"The tables are up to date: revision {HEAD}."] * 7 + [
        f"The tables were brought to revision {HEAD}."
    ]


def test_tables_of_a_later_version_are_left_as_they_are(server: Postgresql, url: str) -> None:
    migrated(url)
    in_database(server, url, "UPDATE alembic_version SET version_num = '9999'")

    assert a_container(url).migrate() == "The tables are up to date: revision 9999."


def test_a_database_that_is_not_there_cannot_be_migrated_and_no_password_is_reported(url: str) -> None:
    wrong = url.replace(database_of(url), "nowhere").replace("postgres:", "postgres:hunter2")

    with pytest.raises(ConfigurationError, match=r'database_url: .*"nowhere" does not exist') as error:
        a_container(wrong).migrate()

    assert "hunter2" not in str(error.value)


def test_ids_are_ordered_by_their_bytes_whatever_language_the_database_is_made_for(url: str) -> None:
    database = migrated(url).store().database()
    columns = text(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND collation_name = 'C' ORDER BY 1, 2"
    )

    async def story() -> None:
        found = await database.read(lambda connection: connection.execute(columns).all())
        assert {("orders", "id"), ("orders", "user_id"), ("users", "id")} <= {*found}
        assert [name for name, column in found if column == "id"] == sorted(ENTITIES)
        await database.close()

    asyncio.run(story())


@contextmanager
def a_table_of_two(server: Postgresql, url: str, **settings: str) -> Iterator[Any]:
    """A database whose new sessions have those settings, with a table of two counters; yields the adapter."""
    for name, value in settings.items():
        server.psql(f"ALTER DATABASE {database_of(url)} SET {name} = '{value}'")
    database = migrated(url).store().database()

    def work(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE counters (id int PRIMARY KEY, value int)"))
        connection.execute(text("INSERT INTO counters VALUES (1, 0), (2, 0)"))

    async def prepare() -> None:
        await database.write(work)
        await database.close()

    asyncio.run(prepare())
    yield database


def counting(*ids: int) -> Any:
    def work(connection: Connection) -> None:
        for id in ids:
            connection.execute(text("UPDATE counters SET value = value + 1 WHERE id = :id"), {"id": id})
            connection.execute(text("SELECT pg_sleep(0.1)"))

    return work


@pytest.mark.parametrize(
    ("settings", "orders"),
    [
        ({"deadlock_timeout": "20ms"}, [(1, 2), (2, 1)]),
        ({"default_transaction_isolation": "serializable"}, [(1,), (1,), (1,)]),
    ],
    ids=["deadlock", "serialization failure"],
)
def test_a_transaction_that_lost_a_race_is_run_again(
    server: Postgresql, url: str, settings: dict[str, str], orders: list[tuple[int, ...]]
) -> None:
    attempts = count()

    def noted(work: Any) -> Any:
        def run(connection: Connection) -> None:
            next(attempts)
            work(connection)

        return run

    with a_table_of_two(server, url, **settings) as database:

        async def story() -> None:
            await asyncio.gather(*(database.write(noted(counting(*ids))) for ids in orders))
            total = await database.read(lambda c: c.execute(text("SELECT sum(value) FROM counters")).scalar())
            assert total == sum(map(len, orders))
            assert next(attempts) > len(orders)
            await database.close()

        asyncio.run(story())


def test_a_transaction_that_loses_every_race_is_given_up(server: Postgresql, url: str) -> None:
    attempts = []

    def loses(connection: Connection) -> None:
        attempts.append(connection)
        connection.execute(text("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"))

    with a_table_of_two(server, url) as database:

        async def story() -> None:
            with pytest.raises(StoreUnavailable):
                await database.write(loses)
            await database.close()

        asyncio.run(story())
    assert len(attempts) == 5


def test_there_are_never_more_connections_than_workers_io(server: Postgresql, url: str) -> None:
    database = migrated(url, WORKERS_IO="2").store().database()
    sessions = text("SELECT count(*), pg_sleep(0.02) FROM pg_stat_activity WHERE datname = current_database()")

    async def story() -> None:
        counts = await asyncio.gather(
            *(database.read(lambda connection: connection.execute(sessions).scalar()) for _ in range(20))
        )
        assert max(counts) == 2
        await database.close()
        await database.close()

    asyncio.run(story())
    left = server.psql(f"SELECT count(*) AS left FROM pg_stat_activity WHERE datname = '{database_of(url)}'")
    assert left.split()[2] == "0"


@pytest.mark.parametrize("pause", [1.1, -3600.0], ids=["a pause", "a clock that was set back"])
def test_a_connection_that_died_in_a_pause_is_replaced_unseen(
    server: Postgresql, url: str, monkeypatch: pytest.MonkeyPatch, pause: float
) -> None:
    users = migrated(url).user_repository()

    async def story() -> None:
        await asyncio.gather(*(users.page(1) for _ in range(4)))
        server.psql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database_of(url)}'")
        monkeypatch.setattr(adapter, "time", SimpleNamespace(time=lambda: time.time() + pause))
        await asyncio.gather(*(users.add(a_user()) for _ in range(4)))
        await users.close()

    asyncio.run(story())


def test_a_server_that_is_killed_is_unavailable_and_serves_again_when_it_is_back(server: Postgresql, url: str) -> None:
    users = migrated(url).user_repository()
    kept = a_user()

    async def story() -> None:
        await users.add(kept)
        server.kill()
        for attempt in (users.ping, lambda: users.add(a_user()), lambda: users.page(1)):
            with pytest.raises(StoreUnavailable):
                await attempt()
        server.start()
        assert (await users.page(1)).items == [kept]
        await users.add(a_user())
        await users.close()

    asyncio.run(story())


def test_a_deletion_that_finds_nothing_says_so_though_the_id_is_given_away_a_moment_later(
    server: Postgresql, url: str
) -> None:
    container = migrated(url)
    users, user = container.user_repository(), a_user()
    insert = f"INSERT INTO users VALUES ('{user.id}', 'Ada', 'ada@example.com', 'ada@example.com', 0)"

    def after_statement(*executed: Any) -> None:
        if executed[2].startswith("DELETE"):
            in_database(server, url, insert)

    event.listen(container.store().engine().sync_engine, "after_cursor_execute", after_statement)

    async def story() -> None:
        with pytest.raises(NotFound):
            await users.delete(user.id)
        assert (await users.get(user.id)).name == "Ada"
        await users.close()

    asyncio.run(story())


def test_whoever_removes_expired_keys_waits_for_nobody_who_uses_one(url: str) -> None:
    container = migrated(url)
    users, later = container.user_repository(), NOON + timedelta(hours=2)
    errors: list[object] = []
    event.listen(container.store().engine().sync_engine, "handle_error", errors.append)

    async def story() -> None:
        await users.add(a_user(), KeyUse("k1", "f1", NOON, NOON + timedelta(hours=1)))
        other = await asyncpg.connect(url)
        async with other.transaction():
            await other.execute("SELECT * FROM idempotency_keys FOR UPDATE")
            for number in range(16):  # one of which removes what has expired
                await users.add(a_user(), KeyUse(f"new {number}", "f1", later, later + timedelta(hours=1)))
        await other.close()
        await users.close()

    asyncio.run(story())
    assert errors == [], "a lock was waited for, until it was given up"


def test_a_migration_waits_for_another_one_for_longer_than_a_request_may(url: str) -> None:
    container = a_container(url)

    async def story() -> None:
        other = await asyncpg.connect(url)
        async with other.transaction():
            await other.execute("SELECT pg_advisory_xact_lock(1397244240)")  # as every version has to
            migrating = asyncio.create_task(asyncio.to_thread(container.migrate))
            await asyncio.sleep(1.7)
            assert not migrating.done()
        await other.close()
        assert await migrating == f"The tables were brought to revision {HEAD}."

    asyncio.run(story())


def test_what_a_request_waits_for_is_noted_until_the_answer_is_there(url: str) -> None:
    users, user = migrated(url).user_repository(), a_user()
    taken = replace(user, id="another")

    async def story() -> None:
        deadline = begin_deadline(PATIENCE_SECONDS)
        await users.add(user)
        assert deadline.waits_for == ""
        with pytest.raises(Taken):
            await users.add(taken)
        assert deadline.waits_for == ""
        await users.get(user.id)
        assert deadline.waits_for == ""
        await users.close()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("options", "limits"),
    [
        ("", ["1s", "1500ms"]),
        ("&options=-c%20statement_timeout%3D700", ["1s", "700ms"]),
        ("&prepared_statement_cache_size=0", ["0", "0"]),  # a pooler would keep them for others
    ],
)
def test_the_server_stops_what_takes_too_long_by_itself_unless_the_address_says_otherwise(
    url: str, options: str, limits: list[str]
) -> None:
    migrated(url)
    database = a_container(url + options).store().database()

    def shown(connection: Connection) -> list[Any]:
        return [connection.execute(text(f"SHOW {name}")).scalar() for name in ("lock_timeout", "statement_timeout")]

    async def story() -> None:
        assert await database.read(shown) == limits
        await database.close()

    asyncio.run(story())


def test_a_server_that_has_become_a_replica_is_left_for_one_that_takes_writes(server: Postgresql, url: str) -> None:
    users = migrated(url).user_repository()
    only_reads = f"ALTER DATABASE {database_of(url)} SET default_transaction_read_only ="

    async def story() -> None:
        server.psql(f"{only_reads} on")
        with pytest.raises(StoreUnavailable):
            await users.add(a_user())
        server.psql(f"{only_reads} off")
        await users.add(a_user())
        await users.close()

    asyncio.run(story())


@pytest.mark.parametrize("change", [("/shop_", "/nowhere_"), ("postgres:", "nobody:")], ids=["database", "role"])
def test_an_address_that_leads_nowhere_is_unavailable(url: str, change: tuple[str, str]) -> None:
    users = a_container(url.replace(*change)).user_repository()

    async def story() -> None:
        for attempt in (users.ping, lambda: users.add(a_user())):
            with pytest.raises(StoreUnavailable):
                await attempt()
        await users.close()

    asyncio.run(story())


def test_a_server_that_hangs_is_503_within_the_deadline_and_then_serves_again(server: Postgresql, url: str) -> None:
    with fickle_proxy(server.socket) as proxy:
        app: Any = migrated(f"postgresql://postgres@{proxy.address}/{database_of(url)}").app()

        async def story() -> None:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example") as client:
                assert (await client.get("/api/users")).status_code == 200
                proxy.mood = "hangs"
                answers = await asyncio.gather(*(client.get("/api/users") for _ in range(16)))
                assert {(each.status_code, each.headers["retry-after"]) for each in answers} == {(503, "1")}
                proxy.mood = "passes"
                answers = await asyncio.gather(*(client.get("/api/users") for _ in range(16)))
                assert {each.status_code for each in answers} == {200}

        async def lived() -> None:
            async with app.lifespan():
                await story()

        asyncio.run(lived())


@pytest.mark.parametrize(("query", "index"), PAGE_QUERIES)
def test_a_page_is_read_from_an_index_and_never_sorted(url: str, query: str, index: str) -> None:
    database = migrated(url).store().database()

    def explained(connection: Connection) -> str:
        for other in ("seqscan", "bitmapscan"):  # which the planner prefers while the tables are empty
            connection.execute(text(f"SET LOCAL enable_{other} = off"))
        return "\n".join(connection.execute(text(f"EXPLAIN {query}")).scalars())

    async def story() -> None:
        plan = await database.write(explained)
        assert f"using {index}" in plan
        assert "Sort" not in plan
        await database.close()

    asyncio.run(story())
