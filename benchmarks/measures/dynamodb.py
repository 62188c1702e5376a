"""A server over DynamoDB, beside as many bare threads that call boto3."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from benchmarks import wrk
from benchmarks.bench import Bench
from benchmarks.environments import environment
from benchmarks.processes import run, serving
from benchmarks.programs import python
from benchmarks.race import QUICK_ROUNDS, ROUNDS, SECONDS, a_user
from benchmarks.ratios import Row, at_least, compare
from benchmarks.wrk import Load
from loopback.aws import dynamodb_stub

MILLISECONDS: Final = 5
THREADS: Final = 16
GOALS: Final = {"GET": 2.0, "POST": 1.8}


def measure(bench: Bench) -> Iterator[Row]:
    """Against a stub that answers after 5 ms; the ratio is of what is done in a second."""
    with dynamodb_stub(MILLISECONDS) as aws:
        environ = {"STORE": "dynamodb", "WORKERS_IO": str(THREADS), "USERS_TABLE": "users", **aws}
        with serving("ours", bench.place("ours"), environ) as ours:
            loads: Mapping[str, Callable[[], Load]] = {
                "GET": partial(wrk.get, ours.base_url, a_user(ours.base_url), seconds=SECONDS),
                "POST": partial(wrk.create_users, ours.base_url, seconds=SECONDS),
            }
            for kind, load in loads.items():
                probes = {
                    "ours": _per_second(load),
                    "bare threads": _bare_threads(bench, environ, kind),
                }
                rates = bench.alternate(f"DynamoDB, {kind}", probes, bench.pick(ROUNDS, QUICK_ROUNDS))
                yield compare(f"DynamoDB, {kind}", rates, "ours", "bare threads", at_least(GOALS[kind]), "requests/s")


def _per_second(load: Callable[[], Load]) -> Callable[[], float]:
    return lambda: load().per_second


def _bare_threads(bench: Bench, environ: Mapping[str, str], kind: str) -> Callable[[], float]:
    code = f"from benchmarks.peers.bare_threads import *; main({kind!r}, {THREADS}, {SECONDS})"
    command, directory = python(code, environment("bare")), bench.place("bare")
    return lambda: float(run(command, directory, environ))
