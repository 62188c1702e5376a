"""A process that is killed in the middle of its work loses nothing that it has acknowledged."""

import asyncio
import signal
from pathlib import Path

from tests.integrity.checkers import faults
from tests.integrity.clients import clients_of
from tests.integrity.history import NO_ANSWER, History
from tests.integrity.shop import Shop
from tests.integrity.stores import Sqlite
from tests.integrity.workloads import race_until
from tests.runtimes.processes import serving, wait_until

ENOUGH = 300


async def _killed_in_the_middle(store: Sqlite, directory: Path, history: History) -> None:
    stop = asyncio.Event()
    with serving(directory, **store.environ) as served:
        async with clients_of([served.base_url], history, "crash") as clients:
            racing = asyncio.create_task(race_until(stop, clients))
            await asyncio.to_thread(wait_until, lambda: len(history.calls) >= ENOUGH)
            assert await asyncio.to_thread(served.stop, signal.SIGKILL) == -signal.SIGKILL
            stop.set()
            await racing


async def _faults_after_a_restart(store: Sqlite, directory: Path, history: History) -> dict[str, list[str]]:
    with serving(directory, **store.environ) as served:
        async with clients_of([served.base_url], history, "restart") as clients:
            return faults(history, await Shop(store, [served.base_url]).read_back(clients))


def test_what_was_acknowledged_survives_a_kill_and_nothing_else_appears(tmp_path: Path) -> None:
    store, history = Sqlite(tmp_path / "shop.db"), History()
    asyncio.run(_killed_in_the_middle(store, tmp_path, history))
    assert NO_ANSWER in {call.status for call in history.calls}, "the kill came when nobody was writing"
    assert asyncio.run(_faults_after_a_restart(store, tmp_path, history)) == {}
