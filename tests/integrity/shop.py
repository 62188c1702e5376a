"""A store and the processes that serve it, told what to do by many clients, and then called to account."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.integrity.checkers import faults
from tests.integrity.clients import Client, clients_of
from tests.integrity.history import History, Kept, Kind, Method
from tests.integrity.stores import Store
from tests.integrity.workloads import Workload
from tests.runtimes.platforms import migrated
from tests.runtimes.processes import serving

# Longer than the service goes on with what it has given up to answer.
SETTLED_SECONDS = 2.5


@dataclass(frozen=True)
class Shop:
    """Servers that share one store, and the way to them."""

    store: Store
    addresses: Sequence[str]
    transport: httpx.AsyncBaseTransport | None = None

    async def after(self, workload: Workload, seed: str) -> tuple[History, dict[str, list[str]]]:
        """What clients saw of that workload, and all that is wrong with it."""
        history = History()
        async with clients_of(self.addresses, history, seed, self.transport) as clients:
            await workload(clients)
            await self.settle(history)
            kept = await self.read_back(clients)
        return history, faults(history, kept)

    async def settle(self, history: History) -> None:
        """Wait until what was given up is over, if anything was."""
        if any(call.unknown for call in history.calls):
            await asyncio.sleep(SETTLED_SECONDS)

    async def read_back(self, clients: Sequence[Client]) -> Kept:
        """What is kept in the end, after clients have once more asked for all that they know."""
        history = clients[0].history
        asked = {(call.kind, call.about): None for call in history.calls if call.about}
        users, orders = await asyncio.gather(clients[0].walk("users", 100), clients[1].walk("orders", 100))
        await _each(clients, "GET", list(asked))
        return await self.store.read() or Kept(users.rows, orders.rows)

    async def empty(self) -> Kept:
        """Delete all that is there, and return what is left."""
        async with clients_of(self.addresses, History(), "empty", self.transport) as clients:
            kept = await self.read_back(clients)
            await _each(clients, "DELETE", [("orders", order["id"]) for order in kept.orders])
            await _each(clients, "DELETE", [("users", user["id"]) for user in kept.users])
            return await self.read_back(clients)


@contextmanager
def open_shop(store: Store, directory: Path, **environ: str) -> Iterator[Shop]:
    """As many processes as can share that store, each in a directory of its own."""
    environ = {"CURSOR_SECRET": "secret-of-integrity", **store.environ, **environ}
    places = [directory / f"server-{number}" for number in range(store.processes)]
    for place in places:
        place.mkdir(parents=True)
    migrated(directory, environ)
    with ExitStack() as to_the_end, ThreadPoolExecutor(len(places)) as threads:
        contexts = [serving(place, **environ) for place in places]
        servers = list(threads.map(to_the_end.enter_context, contexts))
        yield Shop(store, [server.base_url for server in servers])


async def _each(clients: Sequence[Client], method: Method, ids: Sequence[tuple[Kind, str]]) -> None:
    """Share the calls out among the clients."""

    async def ask(client: Client) -> None:
        for kind, id in ids[client.number :: len(clients)]:
            await client.call(method, kind, id)

    await asyncio.gather(*(ask(client) for client in clients))
