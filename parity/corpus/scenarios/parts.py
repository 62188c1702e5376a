"""Calls that more than one scenario has."""

from collections.abc import Iterator
from itertools import count
from typing import Any, Final
from zlib import crc32

from parity.calls import Call
from parity.corpus.building import send
from parity.corpus.examples import example
from service.domain.entity import Entity

USERS: Final = "/api/users"
ORDERS: Final = "/api/orders"
UNKNOWN: Final = "01980000-0000-7000-8000-ffffffffffff"
"""An id that nothing has."""


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


class EntityCalls:
    """Builds the calls of a scenario about one kind of entity, whose labels begin with the entity's name."""

    def __init__(self, entity: Entity[Any], scenario: str = "") -> None:
        """`scenario` tells its labels and its unique values from those of others."""
        self.entity = entity
        self.path = f"/api/{entity.name}"
        self._prefix = f"{entity.name}-{scenario}-" if scenario else f"{entity.name}-"
        self.numbers = count(1_000 * (1 + crc32(self._prefix.encode()) % 1_000))

    def create_owner(self) -> Iterator[Call]:
        """Create what the others refer to, if they refer to anything."""
        owner = self.entity.owner
        if owner:
            yield send(self.label("owner"), "POST", f"/api/{owner.entity.name}", self.example(owner.entity))

    def create(self, label: str, **fields: Any) -> Call:
        """Create an entity from the examples of its fields and these fields."""
        return send(self.label(label), "POST", self.path, self.example(self.entity) | fields)

    def example(self, entity: Entity[Any]) -> dict[str, Any]:
        """Return fields that create an entity, with unique values that no other call has."""
        return example(entity, next(self.numbers), f"<<id:{self.label('owner')}>>")

    def label(self, name: str) -> str:
        """Return the label of a call of this scenario."""
        return f"{self._prefix}{name}".lower()
