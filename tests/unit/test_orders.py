"""What makes an order valid, and how its status may change."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import Invalid
from service.domain.orders import Order, Status, order_id, order_status, owner_id, product_name, whole_quantity
from service.domain.rules import MISSING
from tests.examples import NOON

NOT_TEXTS: tuple[object, ...] = (None, True, 7, ["x"], {}, MISSING)


@pytest.mark.parametrize(("value", "quantity"), [(1, 1), (2.0, 2), (1_000_000, 1_000_000), (1e6, 1_000_000)])
def test_a_quantity_is_an_integer_as_json_schema_means_it(value: object, quantity: int) -> None:
    assert whole_quantity(value) == quantity
    assert type(whole_quantity(value)) is int


@pytest.mark.parametrize(
    "value",
    [0, -1, 1_000_001, 0.5, 1e300, math.inf, -math.inf, math.nan, 10**4000, True, False, "2", None, [1], MISSING],
)
def test_a_quantity_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"is required|must be"):
        whole_quantity(value)


@given(st.one_of(st.integers(), st.floats()))
def test_any_number_is_either_a_quantity_or_refused(value: float) -> None:
    try:
        quantity = whole_quantity(value)
    except ValueError:
        assert value != value or not 1 <= value <= 1_000_000 or value % 1  # noqa: PLR0124  # NaN is what differs
    else:
        assert quantity == value


@pytest.mark.parametrize("value", ["a", "A-1_z", "0" * 64, "01a207d0-3dbb-7488-b711-3f399d5f1624"])
def test_an_order_id_is_accepted(value: str) -> None:
    assert order_id(value) == value


@pytest.mark.parametrize(
    "value", [*NOT_TEXTS, "", "-a", "_a", "a" * 65, "a/b", "a b", "a\n", "é", "..", "');alert(1);//"]
)
def test_an_order_id_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be 1 to 64"):
        order_id(value)


@pytest.mark.parametrize("value", [*NOT_TEXTS, "", "Pending", "done", "pending "])
def test_a_status_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"is required|must be one of: pending, completed"):
        order_status(value)


@pytest.mark.parametrize(("rule", "longest"), [(owner_id, 64), (product_name, 200)])
def test_a_texts_length_has_its_bounds(rule: object, longest: int) -> None:
    assert callable(rule)
    assert rule("é" * longest) == "é" * longest
    for value in ("", "é" * (longest + 1), "a\tb", *NOT_TEXTS):
        with pytest.raises(ValueError, match=r"is required|must"):
            rule(value)


def test_a_completed_order_goes_nowhere_but_to_completed() -> None:
    assert Status.PENDING.sources == {Status.PENDING}
    assert Status.COMPLETED.sources == {Status.PENDING, Status.COMPLETED}


def test_every_violation_is_reported_in_the_contracts_order() -> None:
    with pytest.raises(Invalid) as refused:
        Order.place(id=None, user_id="", product=" x ", quantity="2", status=None, created_at=NOON)

    assert [each.field for each in refused.value.violations] == ["user_id", "product", "quantity", "status", "id"]
    assert str(refused.value).startswith("Correct the following: user_id must have 1 to 64 characters; ")
