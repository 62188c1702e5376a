"""An order that a user placed, what makes one valid, and how its status may change."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from service.domain.moments import whole_milliseconds
from service.domain.rules import ID_MAXIMUM, MISSING, Check, text

PRODUCT_MINIMUM: Final = 2
PRODUCT_MAXIMUM: Final = 200
QUANTITY_MAXIMUM: Final = 1_000_000
ORDER_ID_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"

_ORDER_ID: Final = re.compile(ORDER_ID_PATTERN)


class Status(StrEnum):
    """How far an order is. A completed order never goes back to pending."""

    PENDING = "pending"
    COMPLETED = "completed"

    @property
    def sources(self) -> frozenset["Status"]:
        """The statuses that an order may have for it to be given this one; having it already is fine."""
        return frozenset(Status) if self is Status.COMPLETED else frozenset({self})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as it is stored and shown; `created_at` is UTC, in whole milliseconds."""

    id: str
    user_id: str
    product: str
    quantity: int
    status: Status
    created_at: datetime

    @classmethod
    def place(
        cls, *, id: object, user_id: object, product: object, quantity: object, status: object, created_at: datetime
    ) -> Self:
        """A new order out of unchecked values. Raises `Invalid` with every rule that is broken."""
        with Check() as check:
            valid_user_id = check("user_id", owner_id, user_id)
            valid_product = check("product", product_name, product)
            valid_quantity = check("quantity", whole_quantity, quantity)
            valid_status = check("status", order_status, Status.PENDING if status is MISSING else status)
            valid_id = check("id", order_id, id)
        return cls(
            id=valid_id,
            user_id=valid_user_id,
            product=valid_product,
            quantity=valid_quantity,
            status=valid_status,
            created_at=whole_milliseconds(created_at),
        )


def owner_id(value: object) -> str:
    """Any text of 1 to 64 characters; whether it names a user is for the store to say."""
    return text(value, minimum=1, maximum=ID_MAXIMUM)


def product_name(value: object) -> str:
    """A product of 2 to 200 characters after trimming."""
    return text(value, minimum=PRODUCT_MINIMUM, maximum=PRODUCT_MAXIMUM, trim=True)


def whole_quantity(value: object) -> int:
    """An integer from 1 to 1,000,000 as JSON Schema means it: `2.0` is one, `true` and `"2"` are not."""
    if value is MISSING:
        raise ValueError("is required")
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise ValueError("must be a whole number")
    if not 1 <= value <= QUANTITY_MAXIMUM:
        raise ValueError(f"must be between 1 and {QUANTITY_MAXIMUM:,}")
    return int(value)


def order_status(value: object) -> Status:
    """One of the statuses by its name."""
    if value is MISSING:
        raise ValueError("is required")
    for status in Status:
        if value == status:
            return status
    raise ValueError(f"must be one of: {', '.join(Status)}")


def order_id(value: object) -> str:
    """1 to 64 letters, digits, `_` or `-`, of which the first is a letter or a digit."""
    if not isinstance(value, str) or not _ORDER_ID.fullmatch(value):
        raise ValueError("must be 1 to 64 letters, digits, - or _, beginning with a letter or a digit")
    return value
