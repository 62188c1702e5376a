"""A store that goes in the middle of everything and comes back has kept its promises, whatever was under way."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest

from containers.store_table import STORES
from loopback.postgresql import postgresql
from tests.integrity.checkers import faults, in_words
from tests.integrity.clients import CLIENTS, clients_of
from tests.integrity.conftest import SEEDS
from tests.integrity.dynamodb import Dynamodb
from tests.integrity.history import UNAVAILABLE, History
from tests.integrity.shop import Shop, open_shop
from tests.integrity.stores import Postgresql, Store
from tests.integrity.workloads import race_until
from tests.runtimes.fickle import fickle_proxy
from tests.runtimes.processes import wait_until

IN_THE_MIDDLE = 150


@dataclass(frozen=True)
class Interruptible:
    """A store that can be taken away and brought back with its data."""

    store: Store
    goes: Callable[[], object]
    comes_back: Callable[[], object]


@contextmanager
def _postgresql(_request: pytest.FixtureRequest) -> Iterator[Interruptible]:
    with postgresql() as server:
        yield Interruptible(Postgresql(server.create_database()), server.kill, server.start)


@contextmanager
def _dynamodb(request: pytest.FixtureRequest) -> Iterator[Interruptible]:
    aws = request.getfixturevalue("aws")
    with fickle_proxy(aws["AWS_ENDPOINT_URL"].removeprefix("http://")) as way:
        store = Dynamodb(aws, reached_by=f"http://{way.address}")
        yield Interruptible(store, partial(setattr, way, "mood", "drops"), partial(setattr, way, "mood", "passes"))


INTERRUPTIBLE: dict[str, Callable[[pytest.FixtureRequest], AbstractContextManager[Interruptible]]] = {
    "postgresql": _postgresql,
    "dynamodb": _dynamodb,
}


def _ready(shop: Shop) -> set[int]:
    urls = [f"{address}/api/health/ready" for address in shop.addresses]
    return {httpx.get(url, trust_env=False, verify=False).status_code for url in urls}


async def _until(fact: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_until, fact)


async def _story(shop: Shop, interruptible: Interruptible, seed: str) -> dict[str, list[str]]:
    history, stop = History(), asyncio.Event()
    async with clients_of(shop.addresses, history, seed) as clients:
        racing = asyncio.create_task(race_until(stop, clients))
        await _until(lambda: len(history.calls) >= IN_THE_MIDDLE)
        await asyncio.to_thread(interruptible.goes)
        gone = history.tick()
        await _until(lambda: _ready(shop) == {UNAVAILABLE})
        await _until(lambda: sum(call.began > gone for call in history.calls) >= CLIENTS)
        back = history.tick()
        await asyncio.to_thread(interruptible.comes_back)
        await _until(lambda: _ready(shop) == {200})
        recovered = history.tick()
        await _until(lambda: {200, 201, 204} <= {call.status for call in history.calls if call.began > recovered})
        stop.set()
        await racing

        meanwhile = [call.status for call in history.calls if gone < call.began and call.ended < back]
        assert set(meanwhile) == {UNAVAILABLE}
        await shop.settle(history)
        return faults(history, await shop.read_back(clients))


@pytest.mark.parametrize("seed", SEEDS[:1])
@pytest.mark.parametrize("store_name", [name for name in STORES if name in INTERRUPTIBLE])
def test_a_store_that_is_gone_is_503_and_when_it_is_back_its_promises_hold(
    store_name: str, seed: str, replay: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with INTERRUPTIBLE[store_name](request) as interruptible, open_shop(interruptible.store, tmp_path) as shop:
        found = asyncio.run(_story(shop, interruptible, seed))
    assert not found, f"{in_words(found)}\n{replay}"
