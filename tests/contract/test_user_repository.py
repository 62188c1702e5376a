"""What every user repository promises, whichever store is behind it."""

import asyncio
from datetime import timedelta

import pytest

from service.application.ports import OrderRepository, Position, UserRepository
from service.domain.errors import EmailTaken, UserHasOrders, UserNotFound
from service.domain.users import User
from tests.contract.conftest import Store, run
from tests.examples import NOON, TEXTS, a_user, an_order


async def walk(users: UserRepository, limit: int) -> list[User]:
    """Every user, page by page."""
    found: list[User] = []
    after = None
    for _ in range(20):
        page = await users.page(limit, after)
        found += page.items
        assert len(page.items) == limit if page.has_more else len(page.items) <= limit
        assert page.items or after is None, "an empty page was promised"
        if not page.has_more:
            return found
        after = Position(found[-1].created_at, found[-1].id)
    raise AssertionError(f"the pages do not end: {found}")


def test_a_user_who_was_added_is_found_as_he_was(users: UserRepository) -> None:
    async def story() -> None:
        user = a_user()
        await users.add(user)

        assert await users.get(user.id) == user

    run(story())


def test_an_unknown_user_is_not_found(users: UserRepository) -> None:
    for attempt in (users.get, users.delete):
        with pytest.raises(UserNotFound):
            run(attempt("nobody"))


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_character_for_character(users: UserRepository, text: str) -> None:
    async def story() -> None:
        user = a_user(name=text, email=f"{text.replace(' ', '')}@example.com")
        await users.add(user)

        assert await users.get(user.id) == user
        assert (await users.page(1)).items == [user]

    run(story())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ada@example.com", "ada@example.com"),
        ("ada@example.com", "ADA@Example.COM"),
        ("straße@example.com", "STRASSE@example.com"),
        ("zoë@example.com", "zoe\u0308@example.com"),
    ],
)
def test_an_email_is_unique_without_regard_to_case_and_form(users: UserRepository, first: str, second: str) -> None:
    async def story() -> None:
        await users.add(a_user(email=first))

        with pytest.raises(EmailTaken):
            await users.add(a_user(email=second))
        assert len((await users.page(10)).items) == 1

    run(story())


def test_of_many_who_want_one_email_exactly_one_gets_it(users: UserRepository) -> None:
    async def story() -> None:
        rivals = [a_user(email="wanted@example.com") for _ in range(40)]

        outcomes = await asyncio.gather(*map(users.add, rivals), return_exceptions=True)

        refused = [outcome for outcome in outcomes if isinstance(outcome, EmailTaken)]
        winners = [rival for rival, outcome in zip(rivals, outcomes, strict=True) if outcome is None]
        assert (len(winners), len(refused)) == (1, 39)
        assert (await users.page(100)).items == winners

    run(story())


def test_a_user_who_is_deleted_leaves_the_others_as_they_were(users: UserRepository) -> None:
    async def story() -> None:
        first, second, third = a_user(), a_user(), a_user()
        for user in (first, second, third):
            await users.add(user)

        await users.delete(second.id)

        assert (await users.page(10)).items == [third, first]
        assert [await users.get(first.id), await users.get(third.id)] == [first, third]
        for left in (first, third):
            with pytest.raises(EmailTaken):
                await users.add(a_user(email=left.email))

    run(story())


def test_an_email_is_free_again_when_its_user_is_gone(users: UserRepository) -> None:
    async def story() -> None:
        first, second = a_user(email="ada@example.com"), a_user(email="ada@example.com")
        await users.add(first)
        await users.delete(first.id)
        await users.add(second)

        assert (await users.page(10)).items == [second]
        with pytest.raises(UserNotFound):
            await users.get(first.id)

    run(story())


def test_a_user_with_orders_stays(users: UserRepository, orders: OrderRepository) -> None:
    async def story() -> None:
        user = a_user()
        order = an_order(user.id)
        await users.add(user)
        await orders.add(order)

        with pytest.raises(UserHasOrders):
            await users.delete(user.id)
        assert await users.get(user.id) == user

        await orders.delete(order.id)
        await users.delete(user.id)
        with pytest.raises(UserNotFound):
            await users.get(user.id)

    run(story())


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_hold_everyone_newest_first_and_by_id_where_times_are_equal(users: UserRepository, limit: int) -> None:
    async def story() -> None:
        added = [
            a_user(id=id, created_at=NOON + timedelta(milliseconds=minute))
            for minute, id in [(2, "b"), (1, "z"), (2, "B"), (2, "a-1"), (2, "a_1"), (3, "a"), (1, "0")]
        ]
        for user in added:
            await users.add(user)

        assert [user.id for user in await walk(users, limit)] == ["a", "b", "a_1", "a-1", "B", "z", "0"]

    run(story())


def test_a_store_without_users_has_one_empty_page(users: UserRepository) -> None:
    page = run(users.page(10))

    assert (list(page.items), page.has_more) == ([], False)


def test_walking_the_pages_while_others_write_gives_each_who_stayed_exactly_once(users: UserRepository) -> None:
    async def story() -> None:
        stay = [a_user() for _ in range(30)]
        leave = [a_user() for _ in range(10)]
        for user in (*stay[:15], *leave, *stay[15:]):
            await users.add(user)

        seen: list[str] = []
        after = None
        for departing in leave:
            page = await users.page(3, after)
            seen += [user.id for user in page.items]
            after = Position(page.items[-1].created_at, page.items[-1].id)
            await users.delete(departing.id)
            await users.add(a_user())
            await users.add(a_user(created_at=NOON))
        while page.has_more:
            assert len(seen) < 100, "the pages do not end"
            page = await users.page(3, after)
            seen += [user.id for user in page.items]
            after = Position(page.items[-1].created_at, page.items[-1].id)

        assert len(seen) == len(set(seen))
        assert {user.id for user in stay} <= set(seen)

    run(story())


def test_what_was_written_is_there_when_the_store_is_opened_anew(store: Store) -> None:
    if store.reopen is None:
        pytest.skip("memory does not outlive its process, nor is it meant to")
    user = a_user()

    run(store.users.add(user))
    run(store.users.close())

    assert run(store.reopen().users.get(user.id)) == user


def test_a_closed_store_opens_itself_again_when_it_is_used(users: UserRepository) -> None:
    async def story() -> None:
        await users.close()
        await users.close()
        await users.ping()

    run(story())
