"""An invocation of a function that is warm, in process, over memory."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Final

from benchmarks.bench import Bench
from benchmarks.events import create_user, get_user
from benchmarks.invoking import Invoker, invoking
from benchmarks.ratios import Row, at_most, compare

SUBJECTS: Final = ("ours", "fastapi_memory", "bare_asgi")
SOURCES: Final = {"alb": "ALB", "http_api": "API Gateway v2"}
OVER_BARE_ASGI: Final = {("http_api", "POST"): 2.8}
INVOCATIONS: Final = 1000
ROUNDS, QUICK_ROUNDS = 15, 7


def measure(bench: Bench) -> Iterator[Row]:
    """Events of a load balancer and of API Gateway v2, each with its line in the log."""
    with ExitStack() as stack:
        invokers = {
            each: stack.enter_context(invoking(each, bench.place(each), {"STORE": "memory"})) for each in SUBJECTS
        }
        for source, title in SOURCES.items():
            new = create_user(source)
            readers = {
                each: timed(invoker, get_user(source, invoker.create(new)), 200) for each, invoker in invokers.items()
            }
            writers = {each: timed(invoker, new, 201) for each, invoker in invokers.items()}
            for kind, probes in (("GET", readers), ("POST", writers)):
                name = f"warm invocation, {kind}, {title}"
                times = bench.alternate(name, probes, bench.pick(ROUNDS, QUICK_ROUNDS))
                yield compare(name, times, "ours", "fastapi_memory", at_most(0.65), "µs")
                yield compare(name, times, "ours", "bare_asgi", at_most(OVER_BARE_ASGI.get((source, kind), 3)), "µs")


def timed(invoker: Invoker, event: Any, status: int) -> Callable[[], float]:
    """Return the probe of an invocation, in microseconds."""
    return lambda: invoker.time(event, INVOCATIONS, status) / INVOCATIONS * 1e6
