"""What the service can serve, and what refers to what: the only table of entities."""

from collections.abc import Iterable, Mapping
from typing import Final

REFERS_TO: Final[Mapping[str, tuple[str, ...]]] = {
    "users": (),
    "orders": ("users",),
}
"""An entity, and those without which it cannot be stored: an order belongs to a user who must exist."""


def stored_for(served: Iterable[str]) -> list[str]:
    """The entities that a process reads or writes when it serves these, in the table's order; others are left out."""
    found: set[str] = set()
    following = {entity for entity in served if entity in REFERS_TO}
    while following:
        found |= following
        following = {referred for entity in following for referred in REFERS_TO[entity]} - found
    return [entity for entity in REFERS_TO if entity in found]
