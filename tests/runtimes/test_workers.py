"""Several processes that share one SQLite file are one service."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.runtimes.load import Ledger, faults, load, read_all
from tests.runtimes.processes import Served, serving, wait_until

ENOUGH = 300


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
    ledger = Ledger()
    with serving(tmp_path, "--workers", "2") as served:
        with load(served, ledger):
            wait_until(lambda: len(ledger.orders) >= ENOUGH or bool(ledger.failures), lambda: served.output[-2000:])
        with served.client() as client:
            users, orders = read_all(client, "/api/users"), read_all(client, "/api/orders")
        assert served.stop() == 0
    assert ledger.failures == []
    assert set(ledger.statuses) == {201}
    assert faults(ledger, users, orders) == []
    assert len(users) == len(ledger.users)
    assert len(orders) == len(ledger.orders)
    assert "Traceback" not in served.output


def test_each_worker_answers_what_the_other_wrote(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as served:
        first, second = _workers(served)
        with _halted(first), served.client() as client:
            user = client.post("/api/users", json={"name": "Ada", "email": "ada@example.org"}).json()
        with _halted(second), served.client() as client:
            assert client.get(f"/api/users/{user['id']}").json() == user
