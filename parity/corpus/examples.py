"""Valid values, from the declaration of an entity's fields."""

from functools import cache
from typing import Any, Final

from parity.playing import FIXED_TOKEN
from service.domain.entities import ENTITIES
from service.domain.entity import Entity
from service.domain.fields import Field
from service.domain.rules import Choice

_UNIQUE: Final = (
    "{number}{example}-<<token>>",
    "{number}{example}-<<TOKEN>>",
    "<<token>>{number}",
    "<<TOKEN>>{number}",
)
"""How an example becomes a value that nobody else has. The rule of a field allows one or another."""


def example(entity: Entity[Any], number: int, owner_id: str = "") -> dict[str, Any]:
    """Return the required fields of an entity that can be created, with other unique values for each number."""
    return {field.name: _example(field, number, owner_id) for field in entity.inputs if not field.is_optional}


def _example(field: Field, number: int, owner_id: str) -> Any:
    if field.reference:
        return owner_id
    if field.unique:
        return unique_text(field, number)
    rule: Any = field.rule
    return next(iter(rule.options)) if isinstance(rule, Choice) else rule.example


def changed(field: Field, number: int) -> Any:
    """Return a value to which a field can be changed, another one for each number where there are as many."""
    if field.unique:
        return unique_text(field, number)
    rule: Any = field.rule
    return [*rule.options][-1] if isinstance(rule, Choice) else f"{rule.example} {number}"


def unique_text(field: Field, number: int) -> str:
    """Return a value for a unique field that no other service or number has. Raises ValueError if there is none."""
    rule: Any = field.rule
    for form in _UNIQUE:
        text = form.format(number=number, example=rule.example)
        try:
            rule.check(text.replace("<<token>>", FIXED_TOKEN).replace("<<TOKEN>>", FIXED_TOKEN.upper()))
        except ValueError:
            continue
        return text
    raise ValueError(f"No value of the field {field.name} contains a token. Add a form of it to _UNIQUE.")


def text_of(field: Field, size: int) -> str:
    """Return a string of this length. One for an id is unique, and has at least as many characters as a token."""
    if field.name != "id" or size == 0:
        return "x" * size
    return f"<<token>>{'x' * (size - len(FIXED_TOKEN))}"


@cache
def unique_fields() -> dict[str, Field]:
    """Return the unique fields of all entities, by their names."""
    return {field.name: field for entity in ENTITIES.values() for field in entity.fields if field.unique}
