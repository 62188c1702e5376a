"""One text says why a store failed, wherever it is logged."""

import asyncio
from itertools import pairwise

from service.application.causes import cause_of
from service.application.deadline import begin_deadline, waiting_for
from service.application.ports import StoreTrouble
from service.domain.errors import StoreUnavailable


def caused(*chain: BaseException) -> BaseException:
    """The first of them, each raised from the next."""
    for error, cause in pairwise(chain):
        error.__cause__ = cause
    return chain[0]


def test_the_operation_comes_first_and_the_words_for_callers_are_left_out() -> None:
    async def story() -> str:
        begin_deadline(1)
        waiting_for("postgresql: read")
        return cause_of(caused(StoreUnavailable(), OSError("no route\nsecret"), ValueError()))

    assert asyncio.run(story()) == "postgresql: read; OSError: no route; ValueError"


def test_trouble_in_words_for_an_operator_ends_the_chain() -> None:
    trouble = StoreTrouble("There is no table `users`: run `shapeshift migrate`.")

    assert cause_of(caused(StoreUnavailable(), trouble, OSError("42P01"))) == str(trouble)


def test_a_chain_is_cut_and_may_go_in_circles() -> None:
    assert cause_of(caused(*(OSError(str(number)) for number in range(9)))) == "OSError: 0; OSError: 1; OSError: 2"
    first, second = OSError("a"), OSError("b")
    assert cause_of(caused(first, second, first)) == "OSError: a; OSError: b"


def test_of_a_timeout_its_cancellation_is_left_out() -> None:
    async def story() -> str:
        try:
            async with asyncio.timeout(0):
                await asyncio.sleep(1)
        except TimeoutError as error:
            return cause_of(error)
        raise AssertionError

    assert asyncio.run(story()) == "TimeoutError"


def test_unavailable_without_a_cause_says_so() -> None:
    assert cause_of(StoreUnavailable()) == "StoreUnavailable without a cause"
