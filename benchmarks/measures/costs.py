"""What a request costs on each compute: processor time, memory, and how many at once."""

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Final

import psutil

from benchmarks import wrk
from benchmarks.bench import Bench
from benchmarks.costs import Cost
from benchmarks.events import create_user, get_user
from benchmarks.invoking import invoking
from benchmarks.processes import migrate, serving
from benchmarks.race import a_user
from benchmarks.wrk import Load
from loopback.aws import dynamodb_stub

MILLISECONDS: Final = 5
ROUNDS, QUICK_ROUNDS = 3, 2
SECONDS: Final = 1
INVOCATIONS: Final = 100

Sample = tuple[float, float, float]
"""Of a round: processor time of a request and time to its answer, in milliseconds, and requests a second."""


def measure(bench: Bench) -> Iterator[Cost]:
    """Over a stub of DynamoDB that answers after 5 ms; a laptop over SQLite."""
    with dynamodb_stub(MILLISECONDS) as aws:
        theirs = {"USERS_TABLE": "users", **aws}
        yield from _of_function(bench, {"RUNTIME": "lambda", **theirs})
        yield from _of_server(bench, "dynamodb", {"RUNTIME": "ecs", **theirs})
        yield from _of_server(bench, "dynamodb", {"RUNTIME": "eks", "CONFIG_DIR": str(bench.place("eks")), **theirs})
    yield from _of_server(bench, "sqlite", {"RUNTIME": "local", "STORE": "sqlite"})


def _of_function(bench: Bench, environ: dict[str, str]) -> Iterator[Cost]:
    with invoking("ours", bench.place("lambda"), environ) as invoker:
        process, new = psutil.Process(invoker.process.pid), create_user("http_api")
        events = {"GET": (get_user("http_api", invoker.create(new)), 200), "POST": (new, 201)}

        def invoke(kind: str) -> Sample:
            event, status = events[kind]
            began = _processor_ms(process)
            answered = invoker.elapsed(event, INVOCATIONS, status) / INVOCATIONS
            return (_processor_ms(process) - began) / INVOCATIONS, answered * 1000, 1 / answered

        yield from _costs(bench, process, "lambda", "dynamodb", 1, invoke)


def _of_server(bench: Bench, store: str, environ: dict[str, str]) -> Iterator[Cost]:
    directory = bench.place(environ["RUNTIME"])
    if store == "sqlite":
        migrate(directory, environ)
    with serving("ours", directory, environ) as server:
        process, url = psutil.Process(server.process.pid), server.base_url
        loads: dict[str, Callable[[], Load]] = {
            "GET": partial(wrk.get, url, a_user(url), seconds=SECONDS),
            "POST": partial(wrk.create_users, url, seconds=SECONDS),
        }

        def send(kind: str) -> Sample:
            began = _processor_ms(process)
            load = loads[kind]()
            return (_processor_ms(process) - began) / load.requests, load.median_ms, load.per_second

        yield from _costs(bench, process, environ["RUNTIME"], store, wrk.CONNECTIONS, send)


def _costs(
    bench: Bench, process: psutil.Process, runtime: str, store: str, concurrency: int, ask: Callable[[str], Sample]
) -> Iterator[Cost]:
    rounds = bench.pick(ROUNDS, QUICK_ROUNDS)
    samples = bench.alternate(f"costs, {runtime}", {kind: partial(ask, kind) for kind in ("GET", "POST")}, rounds)
    for kind, of_kind in samples.items():
        processor, answer, rate = map(median, zip(*of_kind, strict=True))
        memory = process.memory_info().rss / 1e6
        yield Cost(runtime, store, kind, processor, answer, concurrency, rate, memory)


def _processor_ms(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system) * 1000
