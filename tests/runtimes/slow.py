"""A laptop with one order that takes a second to be read: `RUNTIME=tests.runtimes.slow:Slow`."""

import asyncio

from dependency_injector.containers import copy
from dependency_injector.providers import Singleton

from containers.local import LocalContainer
from service.adapters.memory.store import MemoryStore
from service.domain.orders import Order
from tests.memory import MemoryOrderRepository


class SlowOrders(MemoryOrderRepository):
    """It takes a second to find that there is no order."""

    async def get(self, id: str) -> Order:
        await asyncio.sleep(1)
        return await super().get(id)


@copy(LocalContainer)
class Slow(LocalContainer):  # type: ignore[misc, valid-type]  # a function returns it
    """The container of a laptop with that repository."""


Slow.order_repository.override(Singleton(SlowOrders, Singleton(MemoryStore)))
