"""Valid entities, each different from the last unless a test says otherwise."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from service.application.ports import table_setting
from service.domain.entities import ENTITIES
from service.domain.entity import Entity, T
from service.domain.fields import Field
from service.domain.orders import ORDERS, Order
from service.domain.rules import Choice, Moment
from service.domain.users import USERS, User

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)

_numbers = count(1)


def an_entity(entity: Entity[T], **fields: Any) -> T:
    """Return an entity with the examples of its declaration; an entity that has an owner needs the owner's id."""
    number = next(_numbers)
    examples = {field.name: _example(entity, field, number) for field in entity.fields if field.name not in fields}
    return entity.kind(**examples | fields)


def _example(entity: Entity[Any], field: Field, number: int) -> object:
    if field.name == "id":
        return f"{entity.singular}-{number:08}"
    match field.rule:
        case Moment():
            return NOON + timedelta(milliseconds=number)
        case Choice(options=options):
            return next(iter(options))
    rule: Any = field.rule  # one that has an example
    example = rule.example
    return f"{number}{example}" if field.unique else example


def table_variables(name: str = "{}") -> dict[str, str]:
    """Return the environment variables with the name of each entity's table; `{}` in it stands for the entity's."""
    return {table_setting(entity).upper(): name.format(entity) for entity in ENTITIES}


def a_user(**fields: Any) -> User:
    return an_entity(USERS, **fields)


def an_order(user_id: str, **fields: Any) -> Order:
    return an_entity(ORDERS, user_id=user_id, **fields)


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
"""Texts that stores, encodings and templates are known to change."""
