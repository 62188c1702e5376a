"""How a form shows the fields of an entity, as their declarations say."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.entity import Entity
from service.domain.fields import Field
from service.domain.rules import Choice, Text, WholeNumber


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form; `options` are the values of a choice, `attributes` those of the HTML element."""

    name: str
    label: str
    hint: str
    options: Sequence[str]
    attributes: Mapping[str, str]
    is_reference: bool


def inputs_of(entity: Entity[Any], services: Collection[str]) -> list[Input]:
    """Return the inputs of the form that creates an entity, in a process that serves these entities."""
    return [
        Input(
            name=field.name,
            label=(field.label[:1].upper() + field.label[1:]).replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"),
            hint=_hint(entity, field, services),
            options=[*field.rule.options] if isinstance(field.rule, Choice) else (),
            attributes=_attributes(field),
            is_reference=field.reference is not None,
        )
        for field in entity.inputs
    ]


def _hint(entity: Entity[Any], field: Field, services: Collection[str]) -> str:
    if field.reference:
        owners = field.reference.to.name
        return f"Copy it from the page of {owners}" if owners in services else ""
    if field.unique:
        return f"No two {entity.name} share one"
    if field.name == "id":
        return "Leave it blank to have one generated"
    if isinstance(field.rule, Text):
        return f"{field.rule.minimum} to {field.rule.maximum} characters"
    return ""


def _attributes(field: Field) -> dict[str, str]:
    attributes = {} if field.is_optional else {"required": ""}
    if isinstance(field.rule, WholeNumber):
        attributes["inputmode"] = "numeric"
    if field.unique or field.reference or field.name == "id":
        attributes["autocapitalize"] = "none"
    return attributes
