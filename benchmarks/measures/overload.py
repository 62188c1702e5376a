"""More requests than a process can answer: how many are answered in time, and how soon all are again."""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from itertools import count, cycle
from typing import Final
from urllib.parse import urlsplit

from benchmarks.answers import Answers, together
from benchmarks.bench import Bench
from benchmarks.load import mixture
from benchmarks.measures import stuck
from benchmarks.open_loop import Request, closed_loop, open_loop
from benchmarks.processes import migrate, serving
from benchmarks.race import a_user
from benchmarks.ratios import Row, at_least, at_most, compare
from loopback.aws import dynamodb_stub
from loopback.postgresql import postgresql

CONNECTIONS: Final = 1000
WRITES: Final = 0.2
SECONDS, CALM_SECONDS, PEAK_SECONDS = 10.0, 2.0, 3.0
ACCEPTED_SECONDS: Final = {"SQLite": 0.3, "DynamoDB": 0.3, "PostgreSQL": None, "memory": None}
REFUSED_SECONDS: Final = 0.05
PROBES: Final = {"live": 0.3, "ready": 0.5}
"""The health that is asked, and the seconds in which it is to be answered."""
PROBES_A_SECOND: Final = 20


def measure(bench: Bench) -> Iterator[Row]:
    """One worker over each store, with a generator that sends at a fixed rate whether or not answers come."""
    with ExitStack() as stack:
        aws = stack.enter_context(dynamodb_stub(5))
        database = stack.enter_context(postgresql())
        stores: dict[str, Mapping[str, str]] = {
            "memory": {"STORE": "memory"},
            "SQLite": {"STORE": "sqlite", "DATABASE_URL": f"sqlite:///{bench.place('sqlite')}/shop.db"},
            "PostgreSQL": {"STORE": "postgresql", "DATABASE_URL": database.create_database()},
            "DynamoDB": {"STORE": "dynamodb", **aws},
        }
        for store, environ in stores.items():
            if "DATABASE_URL" in environ:
                migrate(bench.place("migrate"), environ)
            with (
                bench.steps(f"overload, {store}", 3) as step,
                serving("ours", bench.place("ours"), environ) as server,
            ):
                yield from _overloaded(store, server.base_url, step)
    yield from stuck.measure(bench)


def _overloaded(store: str, url: str, step: Callable[[], None]) -> Iterator[Row]:
    requests = mixture(urlsplit(url).netloc, a_user(url), WRITES, os.urandom(4).hex())
    peak = asyncio.run(closed_loop(url, requests, seconds=PEAK_SECONDS, connections=64))
    step()
    for times in (2, 3):
        rate = times * peak
        answers = _offer(url, _with_probes(requests, rate), rate=rate + PROBES_A_SECOND, seconds=SECONDS)
        probes = {path: answers.pop(path) for path in PROBES}
        calm = together(_offer(url, requests, rate=peak / 2, seconds=CALM_SECONDS).values())
        step()
        name, all_of_them = f"overload {store}, {times} times the peak", together(answers.values())
        good = all_of_them.within(1) / SECONDS
        yield _row(f"{name}: answered within 1 s", good, peak, "the peak", 0.9, "requests/s")
        accepted = all_of_them.accepted(0.99)
        limit = ACCEPTED_SECONDS[store]
        yield _at_most(f"{name}: p99 of what is accepted", accepted, limit or 1.0, decided=limit is not None)
        refused = all_of_them.refused(0.99)
        yield _at_most(f"{name}: p99 of what is refused", refused, REFUSED_SECONDS, decided=True)
        for path, seconds in PROBES.items():
            share = probes[path].within(seconds) / probes[path].sent
            yield _row(f"{name}: {path} within {seconds:g} s", share, 1.0, "all", 1.0, "share")
        share = answers["write"].within(1) / max(1, all_of_them.within(1))
        yield _row(f"{name}: writes among the answered", share, WRITES, "offered", 0.8, "share")
        yield _row(f"{name}: then half the peak, within 1 s", calm.within(1) / calm.sent, 1.0, "all", 0.99, "share")


def _with_probes(requests: Callable[[], Request], rate: float) -> Callable[[], Request]:
    """Return what makes these requests, so many a second, and asks for health as well, on the same connections."""
    probes = cycle(
        [(path, f"GET /api/health/{path} HTTP/1.1\r\nHost: shop.example\r\n\r\n".encode()) for path in PROBES]
    )
    every = int(rate / PROBES_A_SECOND) + 1
    numbers = count(1)
    return lambda: requests() if next(numbers) % every else next(probes)


def _offer(url: str, requests: Callable[[], Request], *, rate: float, seconds: float) -> dict[str, Answers]:
    return asyncio.run(open_loop(url, requests, rate=rate, seconds=seconds, connections=CONNECTIONS))


def _row(name: str, value: float, beside: float, over: str, goal: float, unit: str) -> Row:
    return compare(name, {"ours": [value], over: [beside]}, "ours", over, at_least(goal), unit)


def _at_most(name: str, seconds: float, limit: float, *, decided: bool) -> Row:
    samples = {"ours": [seconds], "limit": [limit]}
    return compare(name, samples, "ours", "limit", at_most(1) if decided else None, "s")
