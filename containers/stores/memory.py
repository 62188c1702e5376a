"""Data in this process, deleted when it ends."""

from dependency_injector.providers import Object, Singleton

from containers.stores.inputs import StoreInputs, repositories
from service.adapters.memory.repository import MemoryRepository
from service.adapters.memory.store import MemoryStore


class MemoryContainer(StoreInputs):
    """The store `memory`."""

    store = Singleton(MemoryStore)
    repositories = repositories(MemoryRepository, store)
    migrate = Object("The store memory has no tables.")
