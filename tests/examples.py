"""Valid users and orders, each different from the last unless a test says otherwise."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from service.domain.orders import Order, Status
from service.domain.users import User

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)

_numbers = count(1)


def a_user(**fields: Any) -> User:
    number = next(_numbers)
    usual: dict[str, Any] = {
        "id": f"user-{number:08}",
        "name": "Ada",
        "email": f"ada{number}@example.com",
        "created_at": NOON + timedelta(milliseconds=number),
    }
    return User(**usual | fields)


def an_order(user_id: str, **fields: Any) -> Order:
    number = next(_numbers)
    usual: dict[str, Any] = {
        "id": f"order-{number:08}",
        "user_id": user_id,
        "product": "Tea",
        "quantity": 1,
        "status": Status.PENDING,
        "created_at": NOON + timedelta(milliseconds=number),
    }
    return Order(**usual | fields)


TEXTS = (
    "Zoë",
    "Zoe\u0308",  # the same to the eye, other characters
    "👩🏽‍💻 Ada 🏳️‍🌈",
    "עדה לאבלייס",
    "\u202eevil\u202c",
    'O\'Brien "Ada" `; DROP TABLE users; --',
    "<script>alert(1)</script>",
    "\\u0000 %00 \\x00",
    "ﬁ ß İ ŉ \U0010ffff",
)
"""Texts that stores, encodings and templates are known to spoil."""
