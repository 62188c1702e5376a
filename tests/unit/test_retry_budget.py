"""How many calls of a store are repeated."""

from service.adapters.retry_budget import RetryBudget


def taken(budget: RetryBudget) -> int:
    """Take all that there is, and return how much that was."""
    number = 0
    while budget.take():
        number += 1
    return number


def test_ten_calls_may_be_repeated_at_once() -> None:
    assert taken(RetryBudget()) == 10


def test_after_that_one_call_in_ten_is() -> None:
    budget = RetryBudget()
    taken(budget)
    for _ in range(45):
        budget.note_call()

    assert taken(budget) == 4


def test_calls_that_are_not_repeated_do_not_add_up_for_ever() -> None:
    budget = RetryBudget()
    for _ in range(10_000):
        budget.note_call()

    assert taken(budget) == 10
