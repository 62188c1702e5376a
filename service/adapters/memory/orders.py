"""Orders in memory."""

from dataclasses import replace

from service.adapters.memory.repository import MemoryRepository
from service.adapters.memory.store import MemoryStore
from service.application.ports import OrderRepository
from service.domain.errors import InvalidTransition
from service.domain.orders import ORDERS, Order, Status


class MemoryOrderRepository(MemoryRepository[Order], OrderRepository):
    """Stores orders for as long as the process lives."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(ORDERS, store)

    async def set_status(self, order_id: str, status: Status) -> Order:
        with self._store.lock:
            order = self._find(order_id)
            if order.status not in status.allowed_from:
                raise InvalidTransition(order_id, status)
            self._table.entities[order_id] = changed = replace(order, status=status)
            return changed
