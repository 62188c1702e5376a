"""The same over PostgreSQL, beside SQLAlchemy's own ORM."""

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.bench import Bench
from benchmarks.processes import migrate, serving
from benchmarks.race import per_second, race
from benchmarks.ratios import Row, at_least, compare
from loopback.postgresql import postgresql

SUBJECTS = ("ours", "fastapi_sqlalchemy")


def measure(bench: Bench) -> Iterator[Row]:
    """Each with a database of its own in one real server, and 16 connections to it."""
    with ExitStack() as stack:
        database = stack.enter_context(postgresql())
        base_urls = {}
        for each in SUBJECTS:
            directory = bench.place(each)
            environ = {"STORE": "postgresql", "DATABASE_URL": database.create_database()}
            migrate(directory, environ)
            base_urls[each] = stack.enter_context(serving(each, directory, environ)).base_url
        loads = race(bench, "PostgreSQL", base_urls)
    for kind, of_kind in loads.items():
        rates = per_second(of_kind)
        yield compare(f"PostgreSQL, {kind}", rates, "ours", "fastapi_sqlalchemy", at_least(1.3), "requests/s")
