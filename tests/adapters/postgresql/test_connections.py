"""Connections that are lost, too few, or too slow: what is read again, who waits for whom, and for how long."""

import asyncio
import socket
import time
from typing import Any

import pytest
from sqlalchemy import text

from loopback.postgresql import Postgresql
from service.application.deadline import begin_deadline
from service.domain.errors import StoreUnavailable
from tests.adapters.postgresql.shop import a_container, client_of, database_of, in_database, migrated
from tests.examples import a_user
from tests.runtimes.fickle import fickle_proxy
from tests.runtimes.processes import wait_until

END_ITSELF = text("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(1)")


def limited(server: Postgresql, url: str, connections: int, **environ: str) -> Any:
    """A container whose role may have that many connections."""
    migrated(url)
    role = f"role_of_{database_of(url)}"
    in_database(
        server, url, f"CREATE ROLE {role} LOGIN CONNECTION LIMIT {connections}; GRANT ALL ON users, orders TO {role};"
    )
    return a_container(url.replace("postgres:", role), **environ)


def sessions(server: Postgresql, url: str) -> int:
    """How many sessions there are in a database."""
    counted = server.psql(f"SELECT count(*) AS n FROM pg_stat_activity WHERE datname = '{database_of(url)}'")
    return int(counted.split()[2])


@pytest.mark.parametrize("workers_io", ["4", "16"])
def test_while_the_server_has_too_few_connections_left_calls_wait_for_those_there_are(
    server: Postgresql, url: str, workers_io: str
) -> None:
    container = limited(server, url, 2, WORKERS_IO=workers_io)

    async def story() -> None:
        async with client_of(container) as client:
            for _ in range(3):
                found = await asyncio.gather(*(client.get("/api/users") for _ in range(60)))
                assert {each.status_code for each in found} == {200}
            assert sessions(server, url) == 2

    asyncio.run(story())


def test_connections_that_could_not_be_replaced_are_not_in_the_way_of_those_that_could(
    server: Postgresql, url: str
) -> None:
    container = limited(server, url, 8, WORKERS_IO="8", SERVICES="users,orders")

    async def story() -> None:
        async with client_of(container) as client:
            await asyncio.gather(*(client.get("/api/users") for _ in range(16)))
            assert sessions(server, url) == 5  # the reads of users have one of their own, and four in common
            server.psql(f"ALTER ROLE role_of_{database_of(url)} CONNECTION LIMIT 2")
            server.psql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database_of(url)}'")
            for _ in range(3):
                found = await asyncio.gather(*(client.get("/api/users") for _ in range(30)))
                assert {each.status_code for each in found} == {200}

    asyncio.run(story())


def test_no_connection_at_all_is_503_with_what_to_do(server: Postgresql, url: str) -> None:
    users = limited(server, url, 0).user_repository()

    async def story() -> None:
        with pytest.raises(StoreUnavailable) as error:
            await users.page(1)
        assert "53300: too many connections" in str(error.value.__cause__)
        assert "lower workers_io" in str(error.value.__cause__)
        await users.close()

    asyncio.run(story())


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


def test_a_server_that_takes_connections_and_says_nothing_is_told_from_a_pool_in_use() -> None:
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
