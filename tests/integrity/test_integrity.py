"""What the store promises holds while many clients race, on every store, whichever process they speak to."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.integrity import workloads
from tests.integrity.checkers import in_words
from tests.integrity.history import Kept
from tests.integrity.shop import Shop
from tests.integrity.workloads import Workload

Prove = Callable[..., None]


@pytest.fixture
def prove(shop: Shop, seed: str, replay: str) -> Iterator[Prove]:
    """Runs a workload in which all of these statuses must occur, or nothing was tried, and nothing may be wrong."""

    def run(workload: Workload, *statuses: int) -> None:
        history, faults = asyncio.run(shop.after(workload, seed))
        assert not faults, f"{in_words(faults)}\n{replay}"
        assert {call.status for call in history.calls} >= set(statuses), replay

    yield run
    assert asyncio.run(shop.empty()) == Kept(), replay


def test_an_email_address_has_one_holder_at_a_time(prove: Prove) -> None:
    prove(workloads.race_for_emails, 201, 204, 404, 409)


def test_an_order_is_never_overwritten(prove: Prove) -> None:
    prove(workloads.race_for_order_ids, 200, 201, 204, 404, 409)


def test_an_order_needs_its_user(prove: Prove) -> None:
    prove(workloads.place_orders_while_users_go, 201, 204, 404, 409, 422)


def test_no_user_goes_who_has_orders(prove: Prove) -> None:
    prove(workloads.delete_users_while_they_have_orders, 201, 204, 404, 409, 422)


def test_walking_the_pages_gives_what_lasts_exactly_once(prove: Prove) -> None:
    prove(workloads.walk_while_others_write, 200, 201, 204)
