"""Several processes that share one SQLite file are one service."""

import asyncio
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integrity.shop import Shop
from tests.integrity.stores import Sqlite
from tests.integrity.workloads import race_for_everything
from tests.runtimes.processes import Served, serving, wait_until


def _workers(served: Served) -> list[int]:
    wait_until(lambda: served.output.count("Application startup complete") == 2, lambda: served.output)
    return [int(found) for found in re.findall(r"Started server process \[(\d+)\]", served.output)]


@contextmanager
def _halted(worker: int) -> Iterator[None]:
    """While it is halted, whatever is answered is answered by another."""
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


def test_two_workers_lose_nothing_and_refuse_nothing(tmp_path: Path) -> None:
    store = Sqlite(tmp_path / "shop.db")
    with serving(tmp_path, "--workers", "2", **store.environ) as served:
        history, faults = asyncio.run(Shop(store, [served.base_url]).after(race_for_everything, "workers"))
        assert served.stop() == 0
    assert faults == {}
    assert not [str(call) for call in history.calls if call.unknown]
    assert "Traceback" not in served.output


def test_each_worker_answers_what_the_other_wrote(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as served:
        first, second = _workers(served)
        with _halted(first), served.client() as client:
            user = client.post("/api/users", json={"name": "Ada", "email": "ada@example.org"}).json()
        with _halted(second), served.client() as client:
            assert client.get(f"/api/users/{user['id']}").json() == user
