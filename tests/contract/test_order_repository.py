"""What every order repository promises, whichever store is behind it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from service.application.ports import OrderRepository, Position, UserRepository
from service.domain.errors import (
    InvalidTransition,
    OrderExists,
    OrderNotFound,
    ServiceError,
    UnknownOwner,
    UserHasOrders,
    UserNotFound,
)
from service.domain.orders import Status
from tests.contract.conftest import Store, run
from tests.examples import NOON, TEXTS, a_user, an_order


def test_an_order_that_was_added_is_found_as_it_was(users: UserRepository, orders: OrderRepository) -> None:
    async def story() -> None:
        user = a_user()
        order = an_order(user.id, quantity=1_000_000, status=Status.COMPLETED)
        await users.add(user)
        await orders.add(order)

        assert await orders.get(order.id) == order

    run(story())


def test_an_unknown_order_is_not_found(orders: OrderRepository) -> None:
    attempts: list[Coroutine[Any, Any, Any]] = [
        orders.get("nothing"),
        orders.delete("nothing"),
        orders.set_status("nothing", Status.COMPLETED),
    ]
    for attempt in attempts:
        with pytest.raises(OrderNotFound):
            run(attempt)


def test_an_order_needs_its_user(orders: OrderRepository) -> None:
    async def story() -> None:
        with pytest.raises(UnknownOwner):
            await orders.add(an_order("nobody"))
        assert (await orders.page(10)).items == []

    run(story())


def test_an_order_id_that_is_taken_changes_nothing(users: UserRepository, orders: OrderRepository) -> None:
    async def story() -> None:
        user, other = a_user(), a_user()
        first = an_order(user.id, id="taken")
        await users.add(user)
        await users.add(other)
        await orders.add(first)

        with pytest.raises(OrderExists):
            await orders.add(an_order(other.id, id="taken", product="Coffee", quantity=9))
        assert await orders.get("taken") == first
        assert (await orders.page(10, user_id=other.id)).items == []
        await users.delete(other.id)

    run(story())


def test_a_missing_user_counts_more_than_a_taken_id(users: UserRepository, orders: OrderRepository) -> None:
    async def story() -> None:
        user = a_user()
        await users.add(user)
        await orders.add(an_order(user.id, id="taken"))

        with pytest.raises(UnknownOwner):
            await orders.add(an_order("nobody", id="taken"))

    run(story())


def test_of_many_who_want_one_order_id_exactly_one_gets_it(users: UserRepository, orders: OrderRepository) -> None:
    async def story() -> None:
        user = a_user()
        await users.add(user)
        rivals = [an_order(user.id, id="wanted", quantity=number) for number in range(1, 41)]

        outcomes = await asyncio.gather(*map(orders.add, rivals), return_exceptions=True)

        winners = [rival for rival, outcome in zip(rivals, outcomes, strict=True) if outcome is None]
        assert len(winners) == 1
        assert sum(isinstance(outcome, OrderExists) for outcome in outcomes) == 39
        assert await orders.get("wanted") == winners[0]

    run(story())


def test_orders_that_race_their_users_deletion_never_stay_without_him(
    users: UserRepository, orders: OrderRepository
) -> None:
    async def story() -> None:
        for _ in range(5):
            user = a_user()
            await users.add(user)
            placed = [orders.add(an_order(user.id)) for _ in range(8)]
            outcomes = await asyncio.gather(*placed[:4], users.delete(user.id), *placed[4:], return_exceptions=True)

            assert all(outcome is None or isinstance(outcome, ServiceError) for outcome in outcomes), outcomes
            left = (await orders.page(100, user_id=user.id)).items
            if outcomes[4] is None:
                assert not left
                with pytest.raises(UserNotFound):
                    await users.get(user.id)
            else:
                assert isinstance(outcomes[4], UserHasOrders)
                assert len(left) == sum(outcome is None for outcome in outcomes)

    run(story())


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        (Status.PENDING, Status.PENDING),
        (Status.PENDING, Status.COMPLETED),
        (Status.COMPLETED, Status.COMPLETED),
    ],
)
def test_a_status_changes_forward_or_stays(
    users: UserRepository, orders: OrderRepository, before: Status, asked: Status
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


def test_an_order_that_is_changed_or_deleted_leaves_the_others_as_they_were(
    users: UserRepository, orders: OrderRepository
) -> None:
    async def story() -> None:
        user = a_user()
        await users.add(user)
        first, second, third, fourth = placed = [an_order(user.id, quantity=number) for number in range(1, 5)]
        for order in placed:
            await orders.add(order)

        completed = await orders.set_status(second.id, Status.COMPLETED)
        await orders.delete(third.id)

        assert (await orders.page(10)).items == [fourth, completed, first]
        assert (await orders.page(10, user_id=user.id)).items == [fourth, completed, first]
        assert [await orders.get(each.id) for each in (first, second, fourth)] == [first, completed, fourth]

    run(story())


def test_a_completed_order_never_goes_back(users: UserRepository, orders: OrderRepository) -> None:
    async def story() -> None:
        user = a_user()
        order = an_order(user.id, status=Status.COMPLETED)
        await users.add(user)
        await orders.add(order)

        with pytest.raises(InvalidTransition):
            await orders.set_status(order.id, Status.PENDING)
        assert await orders.get(order.id) == order

    run(story())


def test_a_deleted_order_is_gone_from_every_list_and_its_id_is_free(
    users: UserRepository, orders: OrderRepository
) -> None:
    async def story() -> None:
        user = a_user()
        order = an_order(user.id)
        await users.add(user)
        await orders.add(order)
        await orders.delete(order.id)

        with pytest.raises(OrderNotFound):
            await orders.get(order.id)
        assert (await orders.page(10)).items == []
        assert (await orders.page(10, user_id=user.id)).items == []
        await orders.add(order)

    run(story())


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_pages_of_one_user_hold_his_orders_only_newest_first(
    users: UserRepository, orders: OrderRepository, limit: int
) -> None:
    async def story() -> None:
        ada, bob = a_user(), a_user()
        await users.add(ada)
        await users.add(bob)
        placed: dict[str, list[str]] = {ada.id: [], bob.id: []}
        for number in range(14):
            owner = ada if number % 3 else bob
            order = an_order(owner.id, created_at=NOON if number < 6 else an_order(owner.id).created_at)
            await orders.add(order)
            placed[owner.id].append(order.id)

        for owner_id, ids in placed.items():
            found: list[str] = []
            after = None
            while True:
                assert len(found) <= 14, "the pages do not end"
                page = await orders.page(limit, after, user_id=owner_id)
                found += [order.id for order in page.items]
                assert len(page.items) == limit if page.has_more else len(page.items) <= limit
                if not page.has_more:
                    break
                after = Position(page.items[-1].created_at, page.items[-1].id)
            assert found == ids[::-1]
        assert len((await orders.page(100)).items) == 14

    run(story())


def test_an_unknown_user_has_no_orders(orders: OrderRepository) -> None:
    page = run(orders.page(10, user_id="nobody"))

    assert (list(page.items), page.has_more) == ([], False)


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_character_for_character(users: UserRepository, orders: OrderRepository, text: str) -> None:
    async def story() -> None:
        user = a_user()
        order = an_order(user.id, product=text)
        await users.add(user)
        await orders.add(order)

        assert await orders.get(order.id) == order
        assert (await orders.page(1, user_id=user.id)).items == [order]

    run(story())


def test_what_was_written_is_there_when_the_store_is_opened_anew(store: Store) -> None:
    if store.reopen is None:
        pytest.skip("memory does not outlive its process, nor is it meant to")
    user = a_user()
    order = an_order(user.id)

    run(store.users.add(user))
    run(store.orders.add(order))
    run(store.orders.close())

    assert run(store.reopen().orders.get(order.id)) == order
