"""A laptop whose store keeps names as they look, not as they were spelled: `RUNTIME=tests.parity.planted:Planted`."""

from dependency_injector.containers import copy
from dependency_injector.providers import Singleton

from containers.local import LocalContainer
from service.adapters.memory.store import MemoryStore
from tests.memory import MemoryOrderRepository
from tests.parity.stores import NormalisingUsers


@copy(LocalContainer)
class Planted(LocalContainer):  # type: ignore[misc, valid-type]  # a function returns it
    """The container of a laptop with other repositories."""


_store = Singleton(MemoryStore)
Planted.user_repository.override(Singleton(NormalisingUsers, _store))
Planted.order_repository.override(Singleton(MemoryOrderRepository, _store))
