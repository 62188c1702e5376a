"""The fields of an entity, as its dataclass declares them: `name: Annotated[str, Text(2, 100, trim=True)]`."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from service.domain.rules import Generated, Rule
from service.domain.validation import MISSING

if TYPE_CHECKING:  # an entity has fields, and a field may refer to an entity
    from service.domain.entity import Entity

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Unique:
    """No two entities have the same value, as `key` normalises it."""

    key: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Reference:
    """The value is the id of an entity of another kind."""

    to: "Entity[Any]"


@dataclass(frozen=True, slots=True)
class Label:
    """What people call the field, where that is not its name."""

    words: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity."""

    name: str
    rule: Rule
    label: str
    default: object = MISSING
    """The value of a field that was not sent; `MISSING` where it has to be sent, or is generated."""
    unique: Unique | None = None
    reference: Reference | None = None

    @property
    def is_input(self) -> bool:
        """Whether a caller gives the value."""
        return not isinstance(self.rule, Generated)

    @property
    def is_optional(self) -> bool:
        """Whether the caller may leave it out. An id that is left out is generated."""
        return self.name == "id" or self.default is not MISSING


def fields_of(kind: type) -> tuple[Field, ...]:
    """Return the fields that a dataclass declares, in its order. Raises TypeError for a field without a rule."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_field(each, getattr(hints[each.name], "__metadata__", ())) for each in dataclasses.fields(kind))


def _field(declared: "dataclasses.Field[Any]", marks: tuple[object, ...]) -> Field:
    rule = _only(Rule, marks)  # type: ignore[type-abstract]  # it is only compared with
    if rule is None:
        raise TypeError(f"The field {declared.name} has no rule: annotate it, for example with Text(1, 100).")
    label = _only(Label, marks)
    return Field(
        name=declared.name,
        rule=rule,
        label=label.words if label else declared.name.replace("_", " "),
        default=MISSING if declared.default is dataclasses.MISSING else declared.default,
        unique=_only(Unique, marks),
        reference=_only(Reference, marks),
    )


def _only(mark: type[M], marks: tuple[object, ...]) -> M | None:
    return next((each for each in marks if isinstance(each, mark)), None)
