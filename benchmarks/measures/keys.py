"""What an idempotency key costs: creations with one beside creations without."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Final

from benchmarks import wrk
from benchmarks.bench import Bench
from benchmarks.processes import migrate, serving
from benchmarks.race import QUICK_ROUNDS, ROUNDS, SECONDS
from benchmarks.ratios import Row, at_most, compare
from loopback.postgresql import postgresql

CONNECTIONS: Final = 4
"""So few that a request waits for the store and not for others."""


def measure(bench: Bench) -> Iterator[Row]:
    """The time of a creation over SQLite and over PostgreSQL, in the same server."""
    with ExitStack() as stack:
        database = stack.enter_context(postgresql())
        urls = {"SQLite": f"sqlite:///{bench.place('sqlite')}/keys.db", "PostgreSQL": database.create_database()}
        for store, url in urls.items():
            directory = bench.place(store)
            environ = {"STORE": store.lower(), "DATABASE_URL": url}
            migrate(directory, environ)
            base_url = stack.enter_context(serving("ours", directory, environ)).base_url
            create = partial(wrk.create_users, base_url, seconds=SECONDS, connections=CONNECTIONS)
            probes = {"without": create, "with": partial(create, with_keys=True)}
            loads = bench.alternate(f"keys, {store}", probes, bench.pick(ROUNDS, QUICK_ROUNDS))
            times = {name: [1e6 / load.per_second for load in each] for name, each in loads.items()}
            yield compare(f"creation with a key, {store}", times, "with", "without", at_most(1.3), "µs")
