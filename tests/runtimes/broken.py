"""A laptop with a bug: `RUNTIME=tests.runtimes.broken:Broken`."""

from dependency_injector.containers import copy
from dependency_injector.providers import Singleton

from containers.local import LocalContainer
from service.adapters.memory.store import MemoryStore
from service.application.ports import KeyUse, Recorded
from service.domain.orders import Order
from tests.memory import MemoryOrderRepository


class BrokenOrders(MemoryOrderRepository):
    """It cannot add an order."""

    async def add(self, order: Order, use: KeyUse | None = None) -> Recorded[Order] | None:
        raise ZeroDivisionError(f"planted, for {order.user_id}, {use}")


@copy(LocalContainer)
class Broken(LocalContainer):  # type: ignore[misc, valid-type]  # a function returns it
    """The container of a laptop with that repository."""


Broken.order_repository.override(Singleton(BrokenOrders, Singleton(MemoryStore)))
