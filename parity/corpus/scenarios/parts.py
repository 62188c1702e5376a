"""Calls that more than one scenario has."""

from typing import Any, Final

from parity.calls import Call
from parity.corpus.building import send

USERS: Final = "/api/users"
ORDERS: Final = "/api/orders"


def email(name: str) -> str:
    """An address that nobody else has."""
    return f"{name}@<<token>>.example"


def user(label: str, **fields: Any) -> Call:
    """Somebody is created."""
    return send(label, "POST", USERS, {"name": "Ada Lovelace", "email": email(label), **fields})


def order(label: str, owner: str, **fields: Any) -> Call:
    """Somebody orders something."""
    return send(label, "POST", ORDERS, {"user_id": f"<<id:{owner}>>", "product": "Tea", "quantity": 1, **fields})


def change(label: str, order_id: str, status: Any) -> Call:
    """An order's status is changed."""
    return send(label, "PATCH", f"{ORDERS}/{order_id}", {"status": status})
