"""How much memory a process has, after it has started and after many requests."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from benchmarks import wrk
from benchmarks.bench import Bench
from benchmarks.events import create_user, get_user
from benchmarks.invoking import invoking
from benchmarks.race import a_user
from benchmarks.ratios import Row, at_most, compare
from benchmarks.subjects import migrate, serving
from loopback.aws import dynamodb_stub

REQUESTS, QUICK_REQUESTS = 100_000, 10_000
SETTLED = 10
"""A part of the requests of that size warms it up: caches are filled, and an allocator has what it needs."""
SECONDS = 2
TABLE: Final = {"USERS_TABLE": "users"}


@dataclass(frozen=True, slots=True)
class Process:
    """A subject that runs, and how it is sent at least so many requests."""

    pid: int
    send: Callable[[int], None]

    def resident(self) -> float:
        """Its resident memory, in MB."""
        return float(psutil.Process(self.pid).memory_info().rss) / 1e6


def measure(bench: Bench) -> Iterator[Row]:
    """One in ten requests reads a user from the store; the others are refused, with every field wrong."""
    with dynamodb_stub(0) as aws:
        environs = {
            "local": {"STORE": "sqlite"},
            "lambda": {"RUNTIME": "lambda"} | TABLE | aws,
            "ecs": {"RUNTIME": "ecs"} | TABLE | aws,
            "eks": {"RUNTIME": "eks", "CONFIG_DIR": str(bench.place("eks"))} | TABLE | aws,
        }
        for runtime, environ in environs.items():
            run = _function if runtime == "lambda" else _server
            with ExitStack() as stack:
                directory = bench.place(runtime)
                if runtime == "local":
                    migrate(directory, environ)  # what only its very first start does and loads
                ours = stack.enter_context(run("ours", directory, environ))
                theirs = stack.enter_context(run("fastapi_boto3", bench.place(runtime), TABLE | aws))
                yield from _watch(bench, runtime, {"ours": ours, "fastapi_boto3": theirs})


def _watch(bench: Bench, runtime: str, processes: Mapping[str, Process]) -> Iterator[Row]:
    requests = bench.pick(REQUESTS, QUICK_REQUESTS)
    started = {subject: [process.resident()] for subject, process in processes.items()}
    with bench.steps(f"memory, {runtime}", 2) as tell:
        settled = _sent(processes, requests // SETTLED)
        tell()
        later = _sent(processes, requests)
        tell()
    after = f"after {requests:,} requests"
    yield compare(f"memory, {runtime}, after its start", started, "ours", "fastapi_boto3", at_most(1), "MB")
    yield compare(f"memory, {runtime}, {after}", later, "ours", "fastapi_boto3", at_most(1), "MB")
    grown = {after: later["ours"], f"after {requests // SETTLED:,}": settled["ours"]}
    yield compare(f"growth of memory, {runtime}", grown, after, next(reversed(grown)), at_most(1.05), "MB")


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
                requests -= wrk.read_and_be_refused(server.base_url, path, seconds=SECONDS)

        yield Process(server.process.pid, send)


@contextmanager
def _function(subject: str, directory: Path, environ: dict[str, str]) -> Iterator[Process]:
    with invoking(subject, directory, environ) as invoker:
        found, refused = get_user("http_api", invoker.create(create_user("http_api"))), create_user("http_api", " ")

        def send(requests: int) -> None:
            for _ in range(0, requests, 1000):
                invoker.time(found, 100, 200)
                invoker.time(refused, 900, 400)

        yield Process(invoker.process.pid, send)
