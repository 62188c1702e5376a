"""A server with one worker over memory: how many requests it answers, and how late the latest of them."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from benchmarks.bench import Bench
from benchmarks.processes import serving
from benchmarks.race import p99_ms, per_second, race
from benchmarks.ratios import Row, at_least, at_most, compare

SUBJECTS: Final = ("ours", "fastapi_memory", "bare_asgi")
GOALS: Final = {"fastapi_memory": {"GET": 2.2, "POST": 2.1}, "bare_asgi": {"GET": 0.47, "POST": 0.3}}


def measure(bench: Bench) -> Iterator[Row]:
    """Over uvicorn with 32 connections, each request with its line in the access log."""
    with ExitStack() as stack:
        base_urls = {
            each: stack.enter_context(serving(each, bench.place(each), {"STORE": "memory"})).base_url
            for each in SUBJECTS
        }
        loads = race(bench, "throughput", base_urls)
    for kind, of_kind in loads.items():
        rates, lates = per_second(of_kind), p99_ms(of_kind)
        for over, goals in GOALS.items():
            yield compare(f"throughput, {kind}", rates, "ours", over, at_least(goals[kind]), "requests/s")
        yield compare(f"p99, {kind}", lates, "ours", "fastapi_memory", at_most(1), "ms")
