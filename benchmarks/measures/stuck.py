"""Whether the rest is answered in time while a part of a store is stuck: a table that hangs, a row that is locked."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle
from typing import Final

import asyncpg

from benchmarks.answers import Answers
from benchmarks.bench import Bench
from benchmarks.open_loop import Request, open_loop
from benchmarks.processes import migrate, serving
from benchmarks.race import a_user
from benchmarks.ratios import Row, at_least, compare
from loopback.aws import dynamodb_stub
from loopback.postgresql import postgresql

SECONDS, CONNECTIONS = 10.0, 1000
OTHER, STUCK = "other", "stuck"
SLOW: Final = "orders"
USER: Final = "/api/users/01a207d0-3dbb-7488-b711-3f399d5f1624"


def measure(bench: Bench) -> Iterator[Row]:
    """One worker, with requests for what is stuck and, as well, for what is not."""
    with dynamodb_stub(5, SLOW, "3000") as aws:
        environ = {"STORE": "dynamodb", **aws}
        with serving("ours", bench.place("ours"), environ) as server:
            requests = [(OTHER, _get(USER)), (STUCK, _get("/api/orders/tea-1"))]
            answers = asyncio.run(_offer(server.base_url, requests, rate=100))
    yield _others("one table hangs: the other's calls within 1 s", answers, 0.99)
    with postgresql() as database:
        environ = {"STORE": "postgresql", "DATABASE_URL": database.create_database()}
        migrate(bench.place("migrate"), environ)
        with serving("ours", bench.place("ours"), environ) as server:
            answers = asyncio.run(_with_a_locked_user(server.base_url, environ["DATABASE_URL"]))
    yield _others("one user's row is locked: reads of others within 1 s", answers, 0.95)


async def _with_a_locked_user(url: str, database: str) -> Mapping[str, Answers]:
    """Order 60 times a second for a user whose row another transaction has locked, and read 20 times of all users."""
    user_id = a_user(url).rpartition("/")[2]
    order = _post("/api/orders", f'{{"user_id": "{user_id}", "product": "Tea", "quantity": 1}}')
    connection = await asyncpg.connect(database)
    try:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM users WHERE id = $1 FOR UPDATE", user_id)
            return await _offer(url, [(OTHER, _get("/api/users?limit=1")), *[(STUCK, order)] * 3], rate=80)
    finally:
        await connection.close()


async def _offer(url: str, requests: Sequence[Request], *, rate: float) -> Mapping[str, Answers]:
    """Send these requests in turns, so many a second."""
    turns: Callable[[], Request] = cycle(requests).__next__
    return await open_loop(url, turns, rate=rate, seconds=SECONDS, connections=CONNECTIONS)


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: shop.example\r\n\r\n".encode()


def _post(path: str, body: str) -> bytes:
    headers = f"Host: shop.example\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{headers}\r\n{body}".encode()


def _others(name: str, answers: Mapping[str, Answers], goal: float) -> Row:
    others = answers[OTHER]
    samples = {"ours": [others.within(1) / others.sent], "all": [1.0]}
    return compare(name, samples, "ours", "all", at_least(goal), "share")
