"""What use cases decide before a store is asked."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from service.adapters.memory.repository import MemoryRepository
from service.adapters.memory.store import MemoryStore
from service.application.changes import Delete
from service.application.entities import Get
from service.application.orders import ChangeOrderStatus
from service.application.users import ChangeUser
from service.domain.errors import Invalid, NotFound
from service.domain.orders import ORDERS, Order
from service.domain.users import USERS, User
from tests.memory import MemoryOrderRepository


class UsersThatNobodyMayAskFor(MemoryRepository[User]):
    async def get(self, id: str) -> User:
        raise AssertionError(id)

    async def delete(self, id: str, unchanged: Any = None) -> None:
        raise AssertionError(id, unchanged)


class OrdersThatNobodyMayAskFor(MemoryOrderRepository):
    async def get(self, id: str) -> Order:
        raise AssertionError(id)

    async def delete(self, id: str, unchanged: Any = None) -> None:
        raise AssertionError(id, unchanged)


users = UsersThatNobodyMayAskFor(USERS, MemoryStore())
orders = OrdersThatNobodyMayAskFor(MemoryStore())


async def complete(order_id: str) -> Order:
    return await ChangeOrderStatus(orders, repr)(order_id, status="completed")


async def rename(user_id: str) -> User:
    return await ChangeUser(users, repr)(user_id, name="Ada")


@pytest.mark.parametrize("id", ["", "x" * 65, "a\0"], ids=["empty", "too long", "NUL"])
@pytest.mark.parametrize(
    "use_case",
    [
        Get(USERS, users),
        rename,
        Delete(USERS, users, repr),
        Get(ORDERS, orders),
        complete,
        Delete(ORDERS, orders, repr),
    ],
    ids=["get user", "change user", "delete user", "get order", "change order", "delete order"],
)
def test_no_store_is_asked_for_an_id_that_nothing_can_have(
    use_case: Callable[[str], Awaitable[object]], id: str
) -> None:
    async def story() -> None:
        with pytest.raises(NotFound):
            await use_case(id)

    asyncio.run(story())


def test_an_invalid_status_counts_more_than_an_order_that_cannot_exist() -> None:
    with pytest.raises(Invalid) as refused:
        asyncio.run(ChangeOrderStatus(orders, repr)("a\0", status="lost"))

    assert [each.field for each in refused.value.violations] == ["status"]
