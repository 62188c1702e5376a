"""The in-memory repositories, each a class of its own, for tests that change one of its methods."""

from service.adapters.memory.repository import MemoryRepository
from service.adapters.memory.store import MemoryStore
from service.domain.orders import ORDERS, Order
from service.domain.users import USERS, User


class MemoryUserRepository(MemoryRepository[User]):
    def __init__(self, store: MemoryStore) -> None:
        super().__init__(USERS, store)


class MemoryOrderRepository(MemoryRepository[Order]):
    def __init__(self, store: MemoryStore) -> None:
        super().__init__(ORDERS, store)
