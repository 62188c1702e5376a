"""How violations are collected, and which ids are worth looking up."""

import pytest

from service.domain.errors import Invalid
from service.domain.validation import Check, could_be_id


def refuse(value: object) -> None:
    raise ValueError(f"is {value}")


def test_every_violation_is_collected_in_order_and_raised_at_the_end() -> None:
    checked: list[object] = []

    def check_three() -> None:
        with Check() as check:
            check("first", refuse, 1)
            checked.append(check("second", str, 2))
            check("third", refuse, 3)
            checked.append("the end")

    with pytest.raises(Invalid) as refused:
        check_three()

    assert checked == ["2", "the end"]
    assert [(each.field, each.message) for each in refused.value.violations] == [("first", "is 1"), ("third", "is 3")]


def test_a_value_that_keeps_its_rule_is_returned_as_the_rule_returns_it() -> None:
    with Check() as check:
        assert check("field", str, 7) == "7"


def test_an_error_inside_the_block_is_not_replaced_by_the_violations() -> None:
    def fail() -> None:
        with Check() as check:
            check("field", refuse, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_only_a_valueerror_is_a_violation() -> None:
    with pytest.raises(TypeError), Check() as check:
        check("field", len, 7)  # type: ignore[arg-type]  # what is wrong with the rule, not with the value


@pytest.mark.parametrize("value", ["a", "x" * 64, "é", "a b", "../a"])
def test_an_id_that_may_exist_is_looked_up(value: str) -> None:
    assert could_be_id(value)


@pytest.mark.parametrize("value", ["", "x" * 65, "a\0", "\x7f", "\ud800"])
def test_an_id_that_cannot_exist_is_not_looked_up(value: str) -> None:
    assert not could_be_id(value)
