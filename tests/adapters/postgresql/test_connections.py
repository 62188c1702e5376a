"""Connections that are lost or too slow: what is read again, who waits for whom, and for how long."""

import asyncio
import gc
import socket
import time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from loopback.postgresql import Postgresql
from service.adapters.sql import postgresql_engine
from service.application.deadline import begin_deadline
from service.domain.errors import StoreUnavailable
from tests.adapters.postgresql.shop import a_container, client_of, database_of, migrated, sessions
from tests.examples import a_user
from tests.runtimes.fickle import fickle_proxy
from tests.runtimes.processes import wait_until

END_ITSELF = text("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(1)")


def test_a_read_whose_connection_died_is_run_once_more_and_a_write_is_not(url: str) -> None:
    database = migrated(url).store().database()
    runs: list[str] = []

    def dies_once(name: str) -> Any:
        def work(connection: Any) -> int:
            runs.append(name)
            if runs.count(name) == 1:
                connection.execute(END_ITSELF)
            return 1

        return work

    def dies(connection: Any) -> None:
        runs.append("always")
        connection.execute(END_ITSELF)

    async def story() -> None:
        assert await database.read(dies_once("read")) == 1
        with pytest.raises(StoreUnavailable):
            await database.write(dies_once("write"))
        with pytest.raises(StoreUnavailable):
            await database.read(dies)
        await database.close()

    asyncio.run(story())
    assert runs == ["read", "read", "write", "always", "always"]


def test_reads_whose_connections_die_again_and_again_are_soon_run_once_only(url: str) -> None:
    database = migrated(url).store().database()
    runs: list[int] = []

    def dies(connection: Any) -> None:
        runs.append(1)
        connection.execute(END_ITSELF)

    async def story() -> None:
        for _ in range(40):
            with pytest.raises(StoreUnavailable):
                await database.read(dies)
        await database.close()

    asyncio.run(story())
    assert 40 + 11 <= len(runs) <= 40 + 14  # ten at once, and one for ten calls


def test_connections_that_the_server_closed_are_replaced_before_they_are_written_to(
    server: Postgresql, url: str
) -> None:
    users = migrated(url).user_repository()

    async def story() -> None:
        await asyncio.gather(*(users.page(1) for _ in range(4)))
        server.psql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database_of(url)}'")
        await asyncio.sleep(0.1)  # well within the time for which an idle connection is trusted
        await asyncio.gather(*(users.add(a_user()) for _ in range(4)))
        await users.close()

    asyncio.run(story())


@pytest.mark.parametrize("when", ["connecting", "reading"])
def test_a_server_that_sends_a_byte_now_and_then_is_left_when_the_time_is_up(
    server: Postgresql, url: str, when: str
) -> None:
    with fickle_proxy(server.socket) as proxy:
        container = migrated(f"postgresql://postgres@{proxy.address}/{database_of(url)}")

        async def story() -> None:
            async with client_of(container) as client:
                if when == "reading":
                    assert (await client.get("/api/users")).status_code == 200
                proxy.mood = "trickles"
                began = time.monotonic()
                found = await asyncio.gather(*(client.get("/api/users") for _ in range(8)))
                assert {each.status_code for each in found} == {503}
                assert time.monotonic() - began < 5
                proxy.mood = "passes"
                found = await asyncio.gather(*(client.get("/api/users") for _ in range(16)))
                assert {each.status_code for each in found} == {200}
                await asyncio.to_thread(wait_until, lambda: sessions(server, url) <= 4)

        asyncio.run(story())


def test_nothing_is_begun_when_the_time_of_the_request_is_up(url: str) -> None:
    database = migrated(url).store().database()
    runs: list[int] = []

    async def story() -> None:
        begin_deadline(0)
        for call in (database.read, database.write):
            with pytest.raises(StoreUnavailable):
                await call(lambda _: runs.append(1))
        await database.close()

    asyncio.run(story())
    assert not runs


def test_a_server_that_takes_connections_and_says_nothing_is_distinguished_from_a_pool_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://u:p@127.0.0.1:{silent.getsockname()[1]}/shop"
        database = a_container(url, WORKERS_IO="1").store().database()

        async def story() -> str:
            deadline = begin_deadline(0.2)
            with pytest.raises(StoreUnavailable):
                await database.read(lambda connection: connection.execute(text("SELECT 1")))
            await database.close()
            return deadline.waits_for

        assert asyncio.run(story()) == "postgresql: connect"


def test_a_call_ends_with_the_deadline_of_its_request_and_gives_its_connection_back(url: str) -> None:
    database = migrated(url, WORKERS_IO="1").store().database()

    async def request() -> str:
        deadline = begin_deadline(0.3)
        with pytest.raises(StoreUnavailable):
            await database.read(lambda connection: connection.execute(text("SELECT pg_sleep(30)")))
        return deadline.waits_for

    async def story() -> None:
        began = time.monotonic()
        waited_for = await asyncio.gather(*(asyncio.create_task(request()) for _ in range(3)))
        assert time.monotonic() - began < 2
        assert sorted(waited_for) == [
            "postgresql: a free connection",
            "postgresql: a free connection",
            "postgresql: read",
        ]
        assert await database.read(lambda connection: connection.execute(text("SELECT 1")).scalar()) == 1
        await database.close()

    asyncio.run(story())


def test_a_connection_that_died_unnoticed_is_left_soon_enough_to_open_another(
    server: Postgresql, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with fickle_proxy(server.socket) as proxy:
        users = migrated(f"postgresql://postgres@{proxy.address}/{database_of(url)}").user_repository()

        async def story() -> None:
            await users.page(1)
            monkeypatch.setattr(postgresql_engine, "time", SimpleNamespace(time=lambda: time.time() + 60))
            proxy.mood = "hangs"
            reading = asyncio.create_task(users.page(1))
            await asyncio.sleep(0.2)
            proxy.mood = "passes"  # what was sent before is lost
            await reading
            await users.close()

        asyncio.run(story())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # asyncpg leaves its socket open
def test_what_answers_like_no_postgresql_is_an_outage_and_no_mistake_of_ours() -> None:
    def message(kind: bytes, body: bytes) -> bytes:
        return kind + (len(body) + 4).to_bytes(4, "big") + body

    def answer(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(message(b"R", bytes(4)) + message(b"S", b"server_version\0what\0"))
            connection.sendall(message(b"K", bytes(8)) + message(b"Z", b"I"))

    async def story() -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            answering = asyncio.create_task(asyncio.to_thread(answer, other))
            url = f"postgresql://u:p@127.0.0.1:{other.getsockname()[1]}/shop?sslmode=disable"
            users = a_container(url).user_repository()
            with pytest.raises(StoreUnavailable) as error:
                await users.page(1)
            assert "no connection could be made" in str(error.value.__cause__)
            await answering
            await users.close()

    asyncio.run(story())
    gc.collect()


def test_statements_that_are_kept_in_a_session_have_names_that_no_other_process_uses(url: str) -> None:
    migrated(url)
    names = text("SELECT name FROM pg_prepared_statements")

    async def kept() -> set[str]:
        users = a_container(url, WORKERS_IO="1").store().database()
        for _ in range(2):
            found = await users.read(lambda connection: connection.execute(names).scalars().all())
        await users.close()
        return {*found}

    async def story() -> None:
        first, second = await kept(), await kept()
        assert first
        assert second
        assert first.isdisjoint(second)

    asyncio.run(story())
