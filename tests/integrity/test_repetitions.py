"""However often requests are repeated, and wherever connections are cut, each key creates once, on every store."""

import asyncio
from typing import Any

import pytest

from containers.runtimes import container_for
from tests.integrity.repetitions import (
    Workload,
    change_what_was_seen,
    repeat_every_creation,
    repeating_clients,
)
from tests.integrity.shop import Shop
from tests.integrity.test_planted import ENOUGH_SEEDS, InThisProcess

PLANTED = {
    "KeyRecordedBefore": repeat_every_creation,
    "KeyRecordedAfter": repeat_every_creation,
    "FingerprintIgnored": repeat_every_creation,
    "KeyForgotten": repeat_every_creation,
    "TagComparedBefore": change_what_was_seen,
}


@pytest.mark.parametrize("workload", [repeat_every_creation, change_what_was_seen])
def test_nothing_is_created_twice_and_nothing_unseen_is_overwritten(
    shop: Shop, workload: Workload, seed: str, replay: str
) -> None:
    async def run() -> list[str]:
        async with repeating_clients(shop.addresses, seed) as clients:
            return await workload(clients)

    assert asyncio.run(run()) == [], replay
    asyncio.run(shop.empty())


def _faults(planted: str, workload: Workload, seed: str) -> list[str]:
    environ = {"RUNTIME": f"tests.integrity.planted:{planted}", "STORE": "memory", "CURSOR_SECRET": "secret-of-planted"}
    container: Any = container_for(environ)

    async def run() -> list[str]:
        transport = InThisProcess(container.app())
        async with repeating_clients(["http://shop.example"], seed, transport) as clients:
            return await workload(clients)

    return asyncio.run(run())


@pytest.mark.parametrize("workload", [repeat_every_creation, change_what_was_seen])
def test_nothing_is_found_where_nothing_is_planted(workload: Workload, seed: str) -> None:
    assert _faults("Nothing", workload, seed) == []


@pytest.mark.parametrize(("planted", "workload"), PLANTED.items(), ids=PLANTED)
def test_a_fault_is_found(planted: str, workload: Workload) -> None:
    assert any(_faults(planted, workload, seed) for seed in ENOUGH_SEEDS)
