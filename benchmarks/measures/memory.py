"""How much memory a process has, after it has started and after many requests."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import psutil

from benchmarks import wrk
from benchmarks.bench import Bench
from benchmarks.events import create_user, get_user
from benchmarks.invoking import invoking
from benchmarks.processes import migrate, serving
from benchmarks.race import a_user
from benchmarks.ratios import Row, at_most, compare
from loopback.aws import dynamodb_stub

STARTS = 3
REQUESTS, QUICK_REQUESTS = 10_000, 6_000
SETTLED = 4
"""A part of the requests of that size warms it up: caches are filled, and an allocator has what it needs."""
SECONDS = 2
GOALS: Final = {"lambda": at_most(0.85)}
"""Of the others: no more than theirs."""
TABLE: Final = {"USERS_TABLE": "users"}


@dataclass(frozen=True, slots=True)
class Process:
    """A subject that runs, and how it is sent at least so many requests."""

    pid: int
    send: Callable[[int], None]

    def resident(self) -> float:
        """Its resident memory, in MB."""
        return float(psutil.Process(self.pid).memory_info().rss) / 1e6


Start = Callable[[], AbstractContextManager[Process]]


def measure(bench: Bench) -> Iterator[Row]:
    """Of ten requests one reads a user from the store, one creates one, and the others are refused."""
    with dynamodb_stub(0) as aws:
        theirs = TABLE | aws
        environs = {
            "local": {"STORE": "sqlite"},
            "lambda": {"RUNTIME": "lambda"} | theirs,
            "ecs": {"RUNTIME": "ecs"} | theirs,
            "eks": {"RUNTIME": "eks", "CONFIG_DIR": str(bench.place("eks"))} | theirs,
        }
        for runtime, environ in environs.items():
            run = _function if runtime == "lambda" else _server
            starts = {
                "ours": partial(_start, bench, run, "ours", environ),
                "fastapi_boto3": partial(_start, bench, run, "fastapi_boto3", theirs),
            }
            yield from _of_runtime(bench, runtime, starts)


def _of_runtime(bench: Bench, runtime: str, starts: Mapping[str, Start]) -> Iterator[Row]:
    at_start = {subject: partial(_resident_at_start, start) for subject, start in starts.items()}
    started = bench.alternate(f"memory, {runtime}, after its start", at_start, STARTS)
    goal = GOALS.get(runtime, at_most(1))
    yield compare(f"memory, {runtime}, after its start", started, "ours", "fastapi_boto3", goal, "MB")

    requests = bench.pick(REQUESTS, QUICK_REQUESTS)
    few, many = f"after {requests // SETTLED:,} requests", f"after {requests:,} more"
    with ExitStack() as stack, bench.steps(f"memory, {runtime}, {few} and {many}", 2) as step:
        processes = {subject: stack.enter_context(start()) for subject, start in starts.items()}
        settled = _sent(processes, requests // SETTLED)
        step()
        later = _sent(processes, requests)
        step()
    yield compare(f"memory, {runtime}, {many}", later, "ours", "fastapi_boto3", goal, "MB")
    grown = {many: later["ours"], few: settled["ours"]}
    yield compare(f"growth of memory, {runtime}", grown, many, few, at_most(1.05), "MB")


def _start(
    bench: Bench,
    run: Callable[[str, Path, dict[str, str]], AbstractContextManager[Process]],
    subject: str,
    environ: dict[str, str],
) -> AbstractContextManager[Process]:
    directory = bench.place(subject)
    if environ.get("STORE") == "sqlite":
        migrate(directory, environ)  # what only the very first start does, and loads much for
    return run(subject, directory, environ)


def _resident_at_start(start: Start) -> float:
    with start() as process:
        return process.resident()


def _sent(processes: Mapping[str, Process], requests: int) -> dict[str, list[float]]:
    """What each has when that many requests have been sent to it, to all at once: this is no matter of time."""

    def resident(process: Process) -> list[float]:
        process.send(requests)
        return [process.resident()]

    with ThreadPoolExecutor() as threads:
        return dict(zip(processes, threads.map(resident, processes.values()), strict=True))


@contextmanager
def _server(subject: str, directory: Path, environ: dict[str, str]) -> Iterator[Process]:
    with serving(subject, directory, environ) as server:
        path = a_user(server.base_url)

        def send(requests: int) -> None:
            while requests > 0:
                requests -= wrk.mixed(server.base_url, path, seconds=SECONDS)

        yield Process(server.process.pid, send)


@contextmanager
def _function(subject: str, directory: Path, environ: dict[str, str]) -> Iterator[Process]:
    with invoking(subject, directory, environ) as invoker:
        new, refused = create_user("http_api"), create_user("http_api", " ")
        found = get_user("http_api", invoker.create(new))

        def send(requests: int) -> None:
            for _ in range(0, requests, 1000):
                invoker.time(found, 100, 200)
                invoker.time(new, 100, 201)
                invoker.time(refused, 800, 400)

        yield Process(invoker.process.pid, send)
