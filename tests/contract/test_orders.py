"""What is special about the repository of orders, whichever store is behind it: one changes and its lists follow."""

from dataclasses import replace

from service.application.ports import Repository
from service.domain.orders import Order, Status
from service.domain.users import User
from tests.contract.conftest import run
from tests.examples import a_user, an_order


def test_a_changed_order_leaves_the_others_as_they_were(users: Repository[User], orders: Repository[Order]) -> None:
    async def story() -> None:
        user = a_user()
        await users.add(user)
        first, second, third = placed = [an_order(user.id, quantity=number) for number in range(1, 4)]
        for order in placed:
            await orders.add(order)

        completed = replace(second, status=Status.COMPLETED)
        await orders.replace(second, completed)

        assert (await orders.page(10)).items == [third, completed, first]
        assert (await orders.page(10, owner_id=user.id)).items == [third, completed, first]
        assert [await orders.get(each.id) for each in placed] == [first, completed, third]

    run(story())
