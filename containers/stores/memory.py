"""Data in this process, gone with it."""

from dependency_injector.providers import Object, Singleton

from containers.stores.slots import StoreSlots
from service.adapters.memory.orders import MemoryOrderRepository
from service.adapters.memory.store import MemoryStore
from service.adapters.memory.users import MemoryUserRepository


class MemoryContainer(StoreSlots):
    """The store `memory`."""

    store = Singleton(MemoryStore)
    user_repository = Singleton(MemoryUserRepository, store)
    order_repository = Singleton(MemoryOrderRepository, store)
    migrate = Object("The store memory has no tables.")
