"""Servers that are sent the same requests, in turns."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import httpx

from benchmarks import wrk
from benchmarks.bench import Bench
from benchmarks.wrk import Load

SECONDS = 1
ROUNDS, QUICK_ROUNDS = 7, 3

Loads = Mapping[str, list[Load]]


def race(bench: Bench, title: str, base_urls: Mapping[str, str]) -> dict[str, Loads]:
    """The loads that each server carried, when one user is read and when users are created: by `GET` and `POST`."""
    readers = {subject: partial(wrk.get, url, a_user(url), seconds=SECONDS) for subject, url in base_urls.items()}
    writers = {subject: partial(wrk.create_users, url, seconds=SECONDS) for subject, url in base_urls.items()}
    rounds = bench.pick(ROUNDS, QUICK_ROUNDS)
    kinds: dict[str, Mapping[str, Callable[[], Load]]] = {"GET": readers, "POST": writers}
    return {kind: bench.alternate(f"{title}, {kind}", probes, rounds) for kind, probes in kinds.items()}


def per_second(loads: Loads) -> dict[str, list[float]]:
    """Requests a second, by subject."""
    return {subject: [load.per_second for load in each] for subject, each in loads.items()}


def p99_ms(loads: Loads) -> dict[str, list[float]]:
    """The time below which 99 of 100 requests were answered, by subject."""
    return {subject: [load.p99_ms for load in each] for subject, each in loads.items()}


def a_user(base_url: str) -> str:
    """The path of a user, created for this."""
    with httpx.Client(base_url=base_url, trust_env=False) as client:
        user: dict[str, Any] = {"name": "Ada Lovelace", "email": "ada@example.com"}
        created = client.post("/api/users", json=user).raise_for_status()
    return f"/api/{created.headers['location']}"
