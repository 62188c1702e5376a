"""What a row of the table says of what was measured."""

from functools import partial

import pytest

from benchmarks.ratios import Goal, alternate, at_least, at_most, compare


def test_each_subject_is_measured_once_a_round_and_rounds_begin_with_another_one() -> None:
    order: list[str] = []
    told: list[int] = []

    samples = alternate({name: partial(order.append, name) for name in "abc"}, 4, lambda: told.append(len(order)))

    assert ["".join(order[at : at + 3]) for at in range(0, 12, 3)] == ["abc", "bca", "cab", "abc"]
    assert {name: len(each) for name, each in samples.items()} == {"a": 4, "b": 4, "c": 4}
    assert told == [*range(1, 13)]


def test_a_ratio_is_the_median_of_the_ratios_of_rounds_not_of_the_medians() -> None:
    """A machine that is slow for a while is slow for both."""
    samples = {"ours": [1.0, 10.0, 2.0], "theirs": [2.0, 20.0, 1.0]}

    row = compare("x", samples, "ours", "theirs", at_most(1), "ms")

    assert (row.ratio, row.rounds, row.unit) == (0.5, 3, "ms")
    assert row.medians == {"ours": 2.0, "theirs": 2.0}
    assert (row.low, row.high) == (0.5, 1.25)


@pytest.mark.parametrize(("high", "met"), [(0.95, True), (0.96, None)])
def test_a_goal_is_decided_only_if_half_of_the_rounds_lie_on_one_side_of_it(high: float, *, met: bool | None) -> None:
    row = compare("x", {"ours": [0.9, 0.9, high, high], "theirs": [1.0] * 4}, "ours", "theirs", at_most(0.95), "ms")

    assert row.met is met
    assert row.as_json()["met"] is met


def test_one_round_has_no_spread() -> None:
    row = compare("x", {"ours": [3.0], "theirs": [2.0]}, "ours", "theirs", at_least(1), "MB")

    assert (row.low, row.ratio, row.high) == (1.5, 1.5, 1.5)


def test_rounds_that_are_not_pairs_are_no_measurement() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        compare("x", {"ours": [1.0, 2.0], "theirs": [1.0]}, "ours", "theirs", at_most(1), "ms")


@pytest.mark.parametrize(
    ("goal", "ratio", "met"),
    [
        (at_most(0.95), 0.95, True),
        (at_most(0.95), 0.951, False),
        (at_least(1.5), 1.5, True),
        (at_least(1.5), 1.499, False),
    ],
)
def test_a_goal_is_met_on_its_own_side_and_at_the_bound(goal: Goal, ratio: float, *, met: bool) -> None:
    row = compare("x", {"ours": [ratio], "theirs": [1.0]}, "ours", "theirs", goal, "ms")

    assert row.met is met
    assert row.as_json()["met"] is met
