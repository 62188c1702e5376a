"""A server that is full, or shares of its connections that are: who waits for what, and who does not."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event, text

from loopback.postgresql import Postgresql
from service.domain.errors import StoreUnavailable
from tests.adapters.postgresql.shop import a_container, client_of, database_of, in_database, migrated, sessions
from tests.examples import a_user


def limited(server: Postgresql, url: str, connections: int, **environ: str) -> Any:
    """A container whose role may have that many connections."""
    migrated(url)
    role = f"role_of_{database_of(url)}"
    in_database(
        server,
        url,
        f"CREATE ROLE {role} LOGIN CONNECTION LIMIT {connections};GRANT ALL ON ALL TABLES IN SCHEMA public TO {role};",
    )
    return a_container(url.replace("postgres:", role), **environ)


@pytest.mark.parametrize("workers_io", ["4", "16"])
def test_while_the_server_has_too_few_connections_left_calls_wait_for_those_there_are(
    server: Postgresql, url: str, workers_io: str
) -> None:
    container = limited(server, url, 2, WORKERS_IO=workers_io)

    async def story() -> None:
        async with client_of(container) as client:
            for _ in range(3):
                found = await asyncio.gather(*(client.get("/api/users") for _ in range(30)))
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


def count_connections(container: Any) -> list[int]:
    """A list that grows with each connection that the container's store tries to open."""
    attempts: list[int] = []
    event.listen(container.store().engine().sync_engine, "do_connect", lambda *_: attempts.append(1))
    return attempts


@pytest.mark.parametrize("refusing", [False, True])
@pytest.mark.parametrize("call", ["page", "ping"])
def test_a_server_without_a_connection_left_is_asked_a_few_times_only_and_named_as_the_reason(
    server: Postgresql, url: str, call: str, *, refusing: bool
) -> None:
    container = limited(server, url, 0)
    users, attempts = container.user_repository(), count_connections(container)
    container.load().refusing = refusing  # and so a request waits for a share for a shorter time

    async def story() -> None:
        with pytest.raises(StoreUnavailable) as error:
            await (users.page(1) if call == "page" else users.ping())
        assert "53300: too many connections" in str(error.value.__cause__)
        await users.close()

    asyncio.run(story())
    assert 1 < len(attempts) <= 15


def test_a_check_of_a_full_server_waits_for_a_connection_that_there_is(server: Postgresql, url: str) -> None:
    container = limited(server, url, 1)
    users, database = container.user_repository(), container.store().database()

    async def story() -> None:
        await users.page(1)
        held = database.read(lambda connection: connection.execute(text("SELECT pg_sleep(0.5)")))
        holder = asyncio.create_task(held)
        await asyncio.sleep(0.1)
        assert not holder.done()
        await users.ping()
        await holder
        await users.close()

    asyncio.run(story())


def test_a_full_share_is_in_the_way_of_its_own_operations_only_and_of_no_check(url: str) -> None:
    container = migrated(url, WORKERS_IO="5")
    users, reads = container.user_repository(), container.store().shares().of("users")[0]
    container.load().refusing = True  # so that nobody waits for long

    async def story() -> None:
        while reads.begin():
            pass
        with pytest.raises(StoreUnavailable) as error:
            await users.page(1)
        assert "connections for reads of users busy" in str(error.value.__cause__)
        await users.add(a_user())
        await users.ping()
        reads.release()
        await users.page(1)
        await users.close()

    asyncio.run(story())
