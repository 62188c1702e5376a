"""What makes an order valid, and how its status may change."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import Invalid
from service.domain.orders import ORDERS, Order, Status
from service.domain.validation import MISSING
from tests.examples import NOON

order_id = ORDERS.field("id").rule.check
owner_id = ORDERS.field("user_id").rule.check
product_name = ORDERS.field("product").rule.check
whole_quantity = ORDERS.field("quantity").rule.check
order_status = ORDERS.field("status").rule.check

NOT_TEXTS: tuple[object, ...] = (None, True, 7, ["x"], {})
NOT_A_TEXT = "must be a string"
NO_ORDER_ID = "must be letters, digits, - or _, and begin with a letter or a digit"


@pytest.mark.parametrize(("value", "quantity"), [(1, 1), (2.0, 2), (1_000_000, 1_000_000), (1e6, 1_000_000)])
def test_a_quantity_is_an_integer_as_json_schema_means_it(value: object, quantity: int) -> None:
    assert whole_quantity(value) == quantity
    assert type(whole_quantity(value)) is int


@pytest.mark.parametrize(
    ("value", "message"),
    [
        *((value, "must be between 1 and 1,000,000") for value in (0, -1, 1_000_001, 1e300, 10**4000)),
        *((value, "must be a whole number") for value in (0.5, math.inf, -math.inf, math.nan, True, False)),
        *((value, "must be a whole number") for value in ("2", None, [1])),
        (MISSING, "is required"),
    ],
)
def test_a_quantity_is_refused_with_the_rule_that_it_breaks(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
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
    ("value", "message"),
    [
        *((value, NOT_A_TEXT) for value in NOT_TEXTS),
        *((value, "must have 1 to 64 characters") for value in ("", "a" * 65)),
        ("a\n", "must not contain control characters"),
        *((value, NO_ORDER_ID) for value in ("-a", "_a", "a/b", "a b", "é", "..", "');alert(1);//")),
    ],
)
def test_an_order_id_is_refused_with_the_rule_that_it_breaks(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        order_id(value)


@pytest.mark.parametrize("status", Status)
def test_a_status_is_known_by_its_name(status: Status) -> None:
    assert order_status(status.value) is status


@pytest.mark.parametrize(
    ("value", "message"),
    [
        *((value, "must be one of: pending, completed") for value in (*NOT_TEXTS, "", "Pending", "done", "pending ")),
        (MISSING, "is required"),
    ],
)
def test_a_status_is_refused_with_the_rule_that_it_breaks(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        order_status(value)


@pytest.mark.parametrize(("rule", "shortest", "longest"), [(owner_id, 1, 64), (product_name, 2, 200)])
def test_a_texts_length_has_its_bounds(rule: Callable[[object], str], shortest: int, longest: int) -> None:
    for length in (shortest, longest):
        assert rule("é" * length) == "é" * length
    for length in (shortest - 1, longest + 1):
        with pytest.raises(ValueError, match=f"^must have {shortest} to {longest} characters$"):
            rule("é" * length)


@pytest.mark.parametrize("rule", [owner_id, product_name])
def test_what_is_no_text_is_refused_with_the_rule_that_it_breaks(rule: Callable[[object], str]) -> None:
    with pytest.raises(ValueError, match=r"^is required$"):
        rule(MISSING)
    with pytest.raises(ValueError, match=r"^must not contain control characters$"):
        rule("a\tb")
    for value in NOT_TEXTS:
        with pytest.raises(ValueError, match=f"^{NOT_A_TEXT}$"):
            rule(value)


def test_white_space_around_a_product_goes_and_around_an_owners_id_stays() -> None:
    assert product_name("  Tea\u3000") == "Tea"
    assert owner_id(" u1 ") == " u1 "


def test_an_order_is_placed_as_it_was_asked_for() -> None:
    given = {"id": "tea-1", "user_id": "u1", "product": " Tea ", "quantity": 2.0, "status": "completed"}
    order = ORDERS.create(ORDERS.check(given), lambda: "generated", NOON.replace(microsecond=123_999))

    assert order == Order(
        id="tea-1", user_id="u1", product="Tea", quantity=2, status=Status.COMPLETED,
        created_at=NOON.replace(microsecond=123_000),
    )  # fmt: skip


def test_an_order_is_pending_and_has_a_generated_id_unless_others_are_sent() -> None:
    order = ORDERS.create(ORDERS.check({"user_id": "u1", "product": "Tea", "quantity": 2}), lambda: "generated", NOON)

    assert order.id == "generated"
    assert order.status is Status.PENDING


def test_a_completed_order_goes_nowhere_but_to_completed() -> None:
    assert Status.PENDING.allowed_from == {Status.PENDING}
    assert Status.COMPLETED.allowed_from == {Status.PENDING, Status.COMPLETED}


def test_every_violation_is_reported_in_the_contracts_order() -> None:
    given = {"id": None, "user_id": "", "product": " x ", "quantity": "2", "status": None}
    with pytest.raises(Invalid) as refused:
        ORDERS.create(ORDERS.check(given), lambda: "generated", NOON)

    assert [each.field for each in refused.value.violations] == ["user_id", "product", "quantity", "status", "id"]
    assert [each.message for each in refused.value.violations] == [
        "must have 1 to 64 characters",
        "must have 2 to 200 characters",
        "must be a whole number",
        "must be one of: pending, completed",
        NOT_A_TEXT,
    ]
