"""Containers with a fault in each, for `RUNTIME` to name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from dependency_injector.containers import DynamicContainer
from dependency_injector.providers import Object, Singleton

from containers.local import LocalContainer
from tests.integrity import faulty
from tests.memory import MemoryOrderRepository, MemoryUserRepository


@dataclass(frozen=True)
class Planted:
    """The container of a laptop with something replaced in it."""

    replace: Callable[[Any], None]
    __IS_CONTAINER__: ClassVar[bool] = True  # by which dependency_injector knows one

    def __call__(self, environ: Mapping[str, str]) -> DynamicContainer:
        container: Any = LocalContainer(environ=environ)
        self.replace(container)
        changed: DynamicContainer = container
        return changed


def _in_memory(
    users: type[MemoryUserRepository] = MemoryUserRepository,
    orders: type[MemoryOrderRepository] = MemoryOrderRepository,
) -> Planted:
    def replace(container: Any) -> None:
        store = container.store().store
        container.override_providers(
            user_repository=Singleton(users, store), order_repository=Singleton(orders, store), clock=Object(_coarse)
        )

    return Planted(replace)


def _coarse() -> datetime:
    """A clock by which many things happen at the same time."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 20_000 * 20_000)


Nothing = _in_memory()
EmailCheckedBefore = _in_memory(users=faulty.EmailCheckedBefore)
EmailNeverFree = _in_memory(users=faulty.EmailNeverFree)
SomeUsersLost = _in_memory(users=faulty.SomeUsersLost)
KeyRecordedBefore = _in_memory(users=faulty.KeyRecordedBefore)
KeyRecordedAfter = _in_memory(users=faulty.KeyRecordedAfter)
FingerprintIgnored = _in_memory(users=faulty.FingerprintIgnored)
KeyForgotten = _in_memory(users=faulty.KeyForgotten)
TagComparedBefore = _in_memory(users=faulty.TagComparedBefore)
OrdersCheckedBefore = _in_memory(users=faulty.OrdersCheckedBefore)
OwnerCheckedBefore = _in_memory(orders=faulty.OwnerCheckedBefore)
OrderOverwritten = _in_memory(orders=faulty.OrderOverwritten)
OrderWrittenBack = _in_memory(orders=faulty.OrderWrittenBack)
QuantityRounded = _in_memory(orders=faulty.QuantityRounded)
PagesByOffset = _in_memory(orders=faulty.PagesByOffset)
CursorWithoutId = _in_memory(orders=faulty.CursorWithoutId)
ListsLagBehind = _in_memory(orders=faulty.ListsLagBehind)


def _without_conditions(container: Any) -> None:
    store = container.store()
    store.dynamodb.override(Singleton(faulty.Unconditional, store.transport, store.shares, store.retry_budget))


Unconditional = Planted(_without_conditions)
