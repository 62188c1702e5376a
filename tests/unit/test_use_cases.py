"""What use cases decide before a store is asked."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from service.adapters.memory.orders import MemoryOrderRepository
from service.adapters.memory.store import MemoryStore
from service.adapters.memory.users import MemoryUserRepository
from service.application.orders import ChangeOrderStatus, DeleteOrder, GetOrder
from service.application.users import DeleteUser, GetUser
from service.domain.errors import Invalid, OrderNotFound, ServiceError, UserNotFound
from service.domain.orders import Order, Status
from service.domain.users import User


class UsersThatNobodyMayAskFor(MemoryUserRepository):
    async def get(self, user_id: str) -> User:
        raise AssertionError(user_id)

    async def delete(self, user_id: str) -> None:
        raise AssertionError(user_id)


class OrdersThatNobodyMayAskFor(MemoryOrderRepository):
    async def get(self, order_id: str) -> Order:
        raise AssertionError(order_id)

    async def set_status(self, order_id: str, status: Status) -> Order:
        raise AssertionError(order_id, status)

    async def delete(self, order_id: str) -> None:
        raise AssertionError(order_id)


USERS = UsersThatNobodyMayAskFor(MemoryStore())
ORDERS = OrdersThatNobodyMayAskFor(MemoryStore())


async def complete(order_id: str) -> Order:
    return await ChangeOrderStatus(ORDERS)(order_id, status="completed")


@pytest.mark.parametrize("id", ["", "x" * 65, "a\0"], ids=["empty", "too long", "NUL"])
@pytest.mark.parametrize(
    ("use_case", "error"),
    [
        (GetUser(USERS), UserNotFound),
        (DeleteUser(USERS), UserNotFound),
        (GetOrder(ORDERS), OrderNotFound),
        (complete, OrderNotFound),
        (DeleteOrder(ORDERS), OrderNotFound),
    ],
    ids=["get user", "delete user", "get order", "change order", "delete order"],
)
def test_no_store_is_asked_for_an_id_that_nothing_can_have(
    use_case: Callable[[str], Awaitable[object]], error: type[ServiceError], id: str
) -> None:
    async def story() -> None:
        with pytest.raises(error):
            await use_case(id)

    asyncio.run(story())


def test_an_invalid_status_counts_more_than_an_order_that_cannot_exist() -> None:
    with pytest.raises(Invalid) as refused:
        asyncio.run(ChangeOrderStatus(ORDERS)("a\0", status="lost"))

    assert [each.field for each in refused.value.violations] == ["status"]
