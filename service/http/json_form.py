"""Entities as JSON shows them."""

from collections.abc import Callable
from typing import Any

from service.domain.entity import Entity, T
from service.domain.moments import rfc3339
from service.domain.rules import Moment


def json_form(entity: Entity[T]) -> Callable[[T], dict[str, Any]]:
    """Return the function that turns an entity into what JSON shows: its fields, in the order of their declaration."""
    moments = [field.name for field in entity.fields if isinstance(field.rule, Moment)]

    def shown(stored: T) -> dict[str, Any]:
        values = entity.values(stored)
        for name in moments:
            values[name] = rfc3339(values[name])
        return values

    return shown
