"""Orders in memory."""

from dataclasses import replace

from service.adapters.memory.store import Index, MemoryStore
from service.application.ports import OrderRepository, Page, Position
from service.domain.errors import InvalidTransition, OrderExists, OrderNotFound, UnknownOwner
from service.domain.orders import Order, Status


class MemoryOrderRepository(OrderRepository):
    """Keeps orders for as long as the process lives."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def add(self, order: Order) -> None:
        with self._store.lock:
            if order.user_id not in self._store.users:
                raise UnknownOwner(order.user_id)
            if order.id in self._store.orders:
                raise OrderExists(order.id)
            self._store.orders[order.id] = order
            self._store.order_index.add(order)
            self._store.orders_of_user.setdefault(order.user_id, Index()).add(order)

    async def get(self, order_id: str) -> Order:
        with self._store.lock:
            return self._find(order_id)

    async def page(self, limit: int, after: Position | None = None, *, user_id: str | None = None) -> Page[Order]:
        with self._store.lock:
            index = self._store.order_index if user_id is None else self._store.orders_of_user.get(user_id, Index())
            return index.page(self._store.orders, limit, after)

    async def set_status(self, order_id: str, status: Status) -> Order:
        with self._store.lock:
            order = self._find(order_id)
            if order.status not in status.sources:
                raise InvalidTransition(order_id, status)
            self._store.orders[order_id] = changed = replace(order, status=status)
            return changed

    async def delete(self, order_id: str) -> None:
        with self._store.lock:
            order = self._find(order_id)
            del self._store.orders[order_id]
            self._store.order_index.remove(order)
            of_user = self._store.orders_of_user[order.user_id]
            of_user.remove(order)
            if not of_user:
                del self._store.orders_of_user[order.user_id]

    async def ping(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def _find(self, order_id: str) -> Order:
        try:
            return self._store.orders[order_id]
        except KeyError:
            raise OrderNotFound(order_id) from None
