"""Entities as items, and what the conditions of a transaction compare."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from service.adapters.dynamodb.failures import CallFailed, Item, readable
from service.adapters.dynamodb.tables import EXPIRES_AT
from service.application.ports import Recorded
from service.domain.entity import Entity, T
from service.domain.errors import StoreUnavailable
from service.domain.rules import Plain

NONE: Final[Item] = {"N": "0"}
"""How many others refer to an entity that none refers to."""


def item_reader(entity: Entity[T]) -> Callable[[Item], T]:
    """Return the function that builds an entity from its item. It raises `StoreUnavailable` for any other item."""
    letters = [(field.name, "N" if field.rule.plain is int else "S") for field in entity.fields]
    defaults = _defaults(entity)

    @readable
    def read(item: Item) -> T:
        item = defaults | item
        return entity.from_plain(
            {name: int(item[name]["N"]) if letter == "N" else item[name]["S"] for name, letter in letters}
        )

    return read


def attributes_of(entity: Entity[T], stored: T) -> Item:
    """Return the attributes of an entity, by the names of its fields."""
    return {name: _attribute(plain) for name, plain in entity.to_plain(stored).items()}


def recorded(read: Callable[[Item], T], item: Item | None) -> Recorded[T]:
    """Return what an idempotency key's item records. Raises `StoreUnavailable` for any other item."""
    try:
        fingerprint, entity = (item or {})["fingerprint"]["S"], (item or {})["entity"]["M"]
    except (KeyError, TypeError) as error:
        raise StoreUnavailable from CallFailed(f"the item of an idempotency key lacks an attribute: {error!r}")
    return Recorded(fingerprint, read(entity))


@readable
def expires_at(item: Item) -> float:
    """Return when an idempotency key's item expires, in seconds. Raises `StoreUnavailable` for any other item."""
    return float(item[EXPIRES_AT]["N"])


def _defaults(entity: Entity[Any]) -> Item:
    """Return the attributes that an item may lack, since it can be older than the field: those that have a default."""
    return {name: _attribute(plain) for name, plain in entity.plain_defaults.items()}


def _attribute(plain: Plain) -> Item:
    return {"N": str(plain)} if isinstance(plain, int) else {"S": plain}


def as_read(entity: Entity[T], stored: T, unused_by: Iterable[str] = ()) -> dict[str, Any]:
    """Return the condition that an item is still this entity, and that no entity of these names refers to it.

    An id may be deleted and used again between reading and writing. Names are replaced, as many are reserved words.
    """
    attributes = attributes_of(entity, stored)
    defaults = _defaults(entity)
    conditions = [
        f"(#{name} = :{name} OR attribute_not_exists(#{name}))" if defaults.get(name) == value else f"#{name} = :{name}"
        for name, value in attributes.items()
    ]
    counters = [*unused_by]
    conditions += [f"(attribute_not_exists(#{name}) OR #{name} = :none)" for name in counters]
    values = {f":{name}": value for name, value in attributes.items()} | ({":none": NONE} if counters else {})
    return {
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": {f"#{name}": name for name in (*attributes, *counters)},
        "ExpressionAttributeValues": values,
    }
