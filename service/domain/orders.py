"""An order that a user placed, and how its status may change."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from service.domain.entity import Entity
from service.domain.fields import Label, Reference
from service.domain.rules import REFERENCE_TEXT, Choice, Moment, Text, WholeNumber
from service.domain.users import USERS
from service.domain.validation import ID_MAXIMUM

_ORDER_ID: Final = Text(
    1,
    ID_MAXIMUM,
    pattern=re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"),
    message="must be letters, digits, - or _, and begin with a letter or a digit",
    example="tea-1",
)


class Status(StrEnum):
    """Whether an order is completed. A completed order never goes back to pending."""

    PENDING = "pending"
    COMPLETED = "completed"

    @property
    def allowed_from(self) -> frozenset["Status"]:
        """The statuses from which an order may change to this one. An order that has it already keeps it."""
        return frozenset(Status) if self is Status.COMPLETED else frozenset({self})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as it is stored and shown."""

    id: Annotated[str, _ORDER_ID, Label("order's id")]
    user_id: Annotated[str, REFERENCE_TEXT, Reference(USERS), Label("user's id")]
    product: Annotated[str, Text(2, 200, trim=True, example="Tea")]
    quantity: Annotated[int, WholeNumber(1, 1_000_000, example=2)]
    status: Annotated[Status, Choice(Status)] = Status.PENDING
    created_at: Annotated[datetime, Moment()]


ORDERS: Final = Entity(Order, "orders", singular="order")
