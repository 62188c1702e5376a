"""What is special about the repository of orders, whichever store is behind it: the change of a status."""

import pytest

from service.application.ports import OrderRepository, Repository
from service.domain.errors import InvalidTransition, NotFound
from service.domain.orders import Status
from service.domain.users import User
from tests.contract.conftest import run
from tests.examples import a_user, an_order


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        (Status.PENDING, Status.PENDING),
        (Status.PENDING, Status.COMPLETED),
        (Status.COMPLETED, Status.COMPLETED),
    ],
)
def test_a_status_changes_forward_or_stays(
    users: Repository[User], orders: OrderRepository, before: Status, asked: Status
) -> None:
    async def story() -> None:
        user = a_user()
        order = an_order(user.id, status=before)
        await users.add(user)
        await orders.add(order)

        changed = await orders.set_status(order.id, asked)

        assert changed == an_order(user.id, id=order.id, status=asked, created_at=order.created_at)
        assert await orders.get(order.id) == changed

    run(story())


def test_a_changed_order_leaves_the_others_as_they_were(users: Repository[User], orders: OrderRepository) -> None:
    async def story() -> None:
        user = a_user()
        await users.add(user)
        first, second, third = placed = [an_order(user.id, quantity=number) for number in range(1, 4)]
        for order in placed:
            await orders.add(order)

        completed = await orders.set_status(second.id, Status.COMPLETED)

        assert (await orders.page(10)).items == [third, completed, first]
        assert (await orders.page(10, owner_id=user.id)).items == [third, completed, first]
        assert [await orders.get(each.id) for each in placed] == [first, completed, third]

    run(story())


def test_a_completed_order_never_goes_back(users: Repository[User], orders: OrderRepository) -> None:
    async def story() -> None:
        user = a_user()
        order = an_order(user.id, status=Status.COMPLETED)
        await users.add(user)
        await orders.add(order)

        with pytest.raises(InvalidTransition):
            await orders.set_status(order.id, Status.PENDING)
        assert await orders.get(order.id) == order

    run(story())


def test_the_status_of_an_unknown_order_cannot_change(orders: OrderRepository) -> None:
    with pytest.raises(NotFound):
        run(orders.set_status("nothing", Status.COMPLETED))
