"""What PostgreSQL refuses for its own reasons: run again where that helps, then 503 with the reason in the log."""

import asyncio
import re
import traceback
from typing import Any

import httpx
import pytest

from loopback.postgresql import Postgresql
from service.domain.entities import ENTITIES
from service.domain.errors import StoreUnavailable
from tests.adapters.postgresql.shop import a_container, client_of, database_of, in_database, migrated
from tests.examples import a_user

READS = ("/api/users", "/api/users/user-1", "/users")
READY = "/api/health/ready"
USER = a_user(id="user-1")


def fail(server: Postgresql, url: str, sqlstate: str, times: int) -> None:
    """Have that many of the next statements on users fail."""
    in_database(
        server,
        url,
        f"""
        CREATE SEQUENCE attempts;
        CREATE FUNCTION trouble() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('attempts') <= {times} THEN RAISE SQLSTATE '{sqlstate}' USING MESSAGE = 'planned'; END IF;
            RETURN true;
        END $$;
        ALTER TABLE users RENAME TO kept_users;
        CREATE VIEW users AS SELECT kept_users.* FROM kept_users, trouble() AS granted WHERE granted;
        """,
    )


def answers(container: Any, *paths: str) -> list[httpx.Response]:
    async def story() -> list[httpx.Response]:
        async with client_of(container) as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(story())


def cause_of_failure(container: Any) -> str:
    """What the log says about a user who cannot be read."""

    async def story() -> str:
        users = container.user_repository()
        with pytest.raises(StoreUnavailable) as error:
            await users.get(USER.id)
        await users.close()
        return str(error.value.__cause__)

    return asyncio.run(story())


def add(container: Any) -> None:
    async def story() -> None:
        await container.user_repository().add(USER)
        await container.user_repository().close()

    asyncio.run(story())


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "55P03", "0A000"])
def test_a_read_that_lost_a_race_is_run_again(server: Postgresql, url: str, sqlstate: str) -> None:
    container = migrated(url)
    add(container)
    fail(server, url, sqlstate, times=2)

    async def story() -> None:
        async with client_of(container) as client:
            for path in (*READS, READY):
                in_database(server, url, "ALTER SEQUENCE attempts RESTART")
                assert (await client.get(path)).status_code == 200
            assert (await client.get(READY)).json()["status"] == "ready"

    asyncio.run(story())


@pytest.mark.parametrize("sqlstate", ["40001", "55P03", "57014", "42P01", "42501", "42601", "22003", "XX001", "P0001"])
def test_whatever_the_server_reports_about_users_is_503_for_the_caller_and_degrades_the_process(
    server: Postgresql, url: str, sqlstate: str
) -> None:
    container = migrated(url)
    add(container)
    fail(server, url, sqlstate, times=1_000)

    *refused, ready = answers(container, *READS, READY)
    assert [(answer.status_code, answer.headers["retry-after"]) for answer in refused] == [(503, "1")] * len(READS)
    assert ready.json() == {
        "status": "degraded",
        "checks": {**dict.fromkeys(ENTITIES, "ok"), "users": "unavailable", "process": "ok"},
    }


def test_a_read_waits_for_a_lock_and_tries_again_until_it_is_free(server: Postgresql, url: str) -> None:
    server.psql(f"ALTER DATABASE {database_of(url)} SET lock_timeout = '50ms'")
    container = migrated(url)

    async def story() -> None:
        async with client_of(container) as client:
            locking = asyncio.to_thread(
                in_database, server, url, "BEGIN; LOCK TABLE users; SELECT pg_sleep(0.15); COMMIT;"
            )
            answered = asyncio.gather(*(client.get("/api/users") for _ in range(3)))
            _, found = await asyncio.gather(locking, answered)
            assert {each.status_code for each in found} == {200}

    asyncio.run(story())


def test_a_table_that_is_altered_under_prepared_statements_is_read_and_written_on(server: Postgresql, url: str) -> None:
    container = migrated(url)

    async def story() -> None:
        async with client_of(container) as client:
            user = {"name": "Ada", "email": "ada@example.com"}
            assert (await client.post("/api/users", json=user)).status_code == 201
            assert (await client.get("/api/users")).status_code == 200
            in_database(server, url, "ALTER TABLE users ALTER name TYPE varchar(100), ALTER email TYPE varchar(100)")
            found = await asyncio.gather(*(client.get("/api/users") for _ in range(8)))
            assert {each.status_code for each in found} == {200}
            assert (await client.post("/api/users", json=user)).status_code == 409

    asyncio.run(story())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("DROP TABLE orders, users", r'42P01: relation "users" does not exist \(run `shapeshift migrate`'),
        ("ALTER TABLE users RENAME email TO mail", r"42703: column users.email does not exist \(run `shapeshift"),
        ("ALTER TABLE users SET SCHEMA elsewhere", r"42P01: .*search_path leads to its tables"),
        ("REVOKE ALL ON users FROM clerk", r"42501: permission denied for table users \(grant the role"),
        ("REVOKE ALL ON SCHEMA public FROM clerk, public", r"42P01: .*search_path leads to its tables"),
        ("ALTER ROLE clerk NOLOGIN", r"28000: role .* is not permitted to log in \(see that database_url"),
    ],
    ids=["no table", "no column", "another schema", "no right", "no right to the schema", "no right to connect"],
)
def test_missing_tables_columns_and_rights_are_503_and_the_log_says_what_to_do(
    server: Postgresql, url: str, change: str, reason: str
) -> None:
    migrated(url)
    clerk = f"clerk_of_{database_of(url)}"
    in_database(
        server,
        url,
        f"""
        CREATE ROLE {clerk} LOGIN;
        CREATE SCHEMA elsewhere;
        GRANT SELECT, INSERT, UPDATE, DELETE ON users, orders TO {clerk};
        {change.replace("clerk", clerk)};
        """,
    )
    container = a_container(url.replace("postgres:", clerk))

    *refused, ready = answers(container, *READS, READY)

    assert {each.status_code for each in refused} == {503}
    assert ready.json()["checks"]["users"] == "unavailable"
    assert re.search(reason, cause_of_failure(container))


def test_what_callers_sent_is_in_no_error(server: Postgresql, url: str) -> None:
    container = migrated(url)
    in_database(server, url, "ALTER TABLE users ALTER name TYPE integer USING 0, ALTER email TYPE varchar(9)")

    async def story() -> None:
        users = container.user_repository()
        for user in (a_user(name="hunter2"), a_user(email="hunter2@example.com")):
            with pytest.raises(Exception, match=r".") as error:
                await users.add(user)
            told = "".join(traceback.format_exception(error.value))
            assert "hunter2" not in told
        await users.close()

    asyncio.run(story())
