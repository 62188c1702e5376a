"""Whether it stays as fast when there is more: more rows, and more connections at once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import partial

from benchmarks import wrk
from benchmarks.bench import Bench
from benchmarks.filled import FILLED, Shop
from benchmarks.processes import serving
from benchmarks.ratios import Row, at_least, at_most, compare

SIZES, QUICK_SIZES = (1_000, 1_000_000), (1_000, 100_000)
OF_THE_PEAK = {"SQLite": at_least(0.8), "PostgreSQL": at_least(0.95)}
CONNECTIONS = (16, 64, 256)
SECONDS = 1
SECONDS_OF_CONNECTIONS = 2
"""Longer, since opening them is no part of what is measured."""
ROUNDS, QUICK_ROUNDS = 5, 3


def measure(bench: Bench) -> Iterator[Row]:
    """A page from the middle of the list and one user, among a thousand to a million of them."""
    for store, filling in FILLED.items():
        yield from _of_store(bench, store, filling)


def _of_store(bench: Bench, store: str, filling: Callable[..., AbstractContextManager[Shop]]) -> Iterator[Row]:
    sizes = QUICK_SIZES if bench.quick else SIZES
    with ExitStack() as stack:
        shops: dict[str, Shop] = {}
        with bench.steps(f"{store}, filling tables", len(sizes)) as step:
            for size in sizes:
                shops[f"{size:,} rows"] = stack.enter_context(filling(bench.place(store), size))
                step()
        base_urls = {
            name: stack.enter_context(serving("ours", shop.directory, shop.environ)).base_url
            for name, shop in shops.items()
        }
        few, many = next(iter(shops)), next(reversed(shops))
        for kind in ("get", "list"):
            probes = {name: partial(_median_ms, base_urls[name], getattr(shop, kind)) for name, shop in shops.items()}
            times = bench.alternate(f"{store}, {kind}", probes, bench.pick(ROUNDS, QUICK_ROUNDS))
            yield compare(f"growth of rows, {store}, {kind}", times, many, few, at_most(1.5), "ms")
        yield _of_connections(bench, store, base_urls[few], shops[few].get)


def _of_connections(bench: Bench, store: str, base_url: str, path: str) -> Row:
    probes = {f"{each} connections": partial(_per_second, base_url, path, each) for each in CONNECTIONS}
    rates = bench.alternate(f"{store}, connections", probes, bench.pick(ROUNDS, QUICK_ROUNDS))
    many, name = next(reversed(probes)), f"growth of connections, {store}"
    return compare(name, _with_peak(rates), many, "peak", OF_THE_PEAK[store], "requests/s")


def _with_peak(rates: Mapping[str, list[float]]) -> dict[str, list[float]]:
    return {**rates, "peak": [max(together) for together in zip(*rates.values(), strict=True)]}


def _median_ms(base_url: str, path: str) -> float:
    return wrk.get(base_url, path, seconds=SECONDS, connections=1).median_ms


def _per_second(base_url: str, path: str, connections: int) -> float:
    return wrk.get(base_url, path, seconds=SECONDS_OF_CONNECTIONS, connections=connections).per_second
