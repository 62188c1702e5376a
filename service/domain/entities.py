"""The only table of entities."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from service.domain.entity import Entity
from service.domain.orders import ORDERS
from service.domain.users import USERS

ENTITIES: Final[Mapping[str, Entity[Any]]] = {entity.name: entity for entity in (USERS, ORDERS)}
"""By name. An entity comes after those that it refers to."""


def stored_for(served: Iterable[str]) -> list[str]:
    """Return the entities that a process reads or writes when it serves these, in the table's order.

    Names that are not in the table are left out.
    """
    found: set[str] = set()
    following = {name for name in served if name in ENTITIES}
    while following:
        found |= following
        following = {referred for name in following for referred in ENTITIES[name].refers_to} - found
    return [name for name in ENTITIES if name in found]


def referring_to(name: str) -> list[Entity[Any]]:
    """Return the entities that refer to the one of this name. It cannot be deleted while there are any of them."""
    return [entity for entity in ENTITIES.values() if name in entity.refers_to]
