"""Behind PgBouncer in transaction mode, each transaction may run in another session of the server."""

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from loopback.pgbouncer import PGBOUNCER, pgbouncer
from loopback.postgresql import Postgresql
from service.domain.errors import StoreUnavailable
from tests.adapters.postgresql.shop import a_container, client_of, database_of, migrated

SESSIONS = 3
CALLERS = 12
NUMBERS = 32

pytestmark = pytest.mark.skipif(
    PGBOUNCER is None and "CI" not in os.environ, reason="this needs PgBouncer: apt-get install pgbouncer"
)


@pytest.fixture(scope="module")
def pooler(server: Postgresql) -> Iterator[str]:
    with pgbouncer(server.socket, SESSIONS) as address:
        yield address


async def use(client: httpx.AsyncClient, name: str) -> set[int]:
    """Every statement of the service, by one caller; the statuses that are not those of success."""
    user = (await client.post("/api/users", json={"name": "Ada", "email": f"{name}@example.com"})).json()
    order = {"id": f"order-{name}", "user_id": user.get("id", "?"), "product": "Tea", "quantity": 1}
    answers = [
        await client.get(f"/api/users/{user.get('id')}"),
        await client.get("/api/users", params={"limit": 2}),
        await client.post("/api/orders", json=order),
        await client.get("/api/orders", params={"user_id": order["user_id"]}),
        await client.get(f"/api/orders/{order['id']}"),
        await client.delete(f"/api/orders/{order['id']}"),
        await client.delete(f"/api/users/{user.get('id')}"),
        await client.get("/api/health/ready"),
    ]
    return {each.status_code for each in answers} - {200, 201, 204}


def failures(container: Any) -> set[int]:
    async def story() -> set[int]:
        async with client_of(container) as client:
            return set().union(*await asyncio.gather(*(use(client, f"ada{each}") for each in range(CALLERS))))

    return asyncio.run(story())


@pytest.mark.parametrize("option", ["prepared_statement_cache_size=0", "statement_cache_size=0"])
def test_tables_are_made_and_every_request_is_answered_through_a_pooler(url: str, pooler: str, option: str) -> None:
    address = f"postgresql://postgres@{pooler}/{database_of(url)}?{option}"

    container = migrated(address, WORKERS_IO="16")

    assert failures(container) == set()


def test_no_session_keeps_a_prepared_statement_of_a_process_behind_a_pooler(url: str, pooler: str) -> None:
    address = f"postgresql://postgres@{pooler}/{database_of(url)}?prepared_statement_cache_size=0"
    container = migrated(address)
    database = a_container(address, WORKERS_IO="1").store().database()

    async def story() -> None:
        async with client_of(container) as client:
            await asyncio.gather(*(use(client, f"ada{each}") for each in range(CALLERS)))
            kept = text("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''")
            found = await asyncio.gather(*(database.read(lambda c: c.execute(kept).scalar()) for _ in range(9)))
            assert set(found) == {0}
        await database.close()

    asyncio.run(story())


def reads(url: str, rounds: int) -> list[Any]:
    """What many calls at once got, each with a statement of its own whose answer is its number; or their errors."""
    database = a_container(url, WORKERS_IO="16").store().database()

    def number(wanted: int) -> Any:
        return lambda connection: connection.execute(text(f"SELECT {wanted}, pg_sleep(0.001)")).scalar()

    async def story() -> list[Any]:
        found: list[Any] = []
        for _ in range(rounds):
            calls = (database.read(number(each)) for each in range(NUMBERS))
            found += await asyncio.gather(*calls, return_exceptions=True)
        await database.close()
        return found

    return asyncio.run(story())


def test_a_read_is_not_mistaken_for_another(url: str, pooler: str) -> None:
    found = reads(f"postgresql://postgres@{pooler}/{database_of(url)}?prepared_statement_cache_size=0", rounds=2)

    assert found == [*range(NUMBERS)] * 2


def test_without_the_option_a_read_fails_rather_than_get_anothers_answer_and_the_cause_names_the_option(
    url: str, pooler: str
) -> None:
    found = reads(f"postgresql://postgres@{pooler}/{database_of(url)}", rounds=4)

    failed = [each for each in found if isinstance(each, StoreUnavailable)]
    assert any("add prepared_statement_cache_size=0 to database_url" in str(each.__cause__) for each in failed)
    assert all(each == place % NUMBERS for place, each in enumerate(found) if each not in failed)
