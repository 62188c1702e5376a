"""What the service knows of one kind of entity. Everything else that handles entities reads it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from service.domain.errors import IdTaken, Invalid, NotFound, Taken, UnknownReference, Violation
from service.domain.fields import Field, fields_of
from service.domain.moments import whole_milliseconds
from service.domain.rules import Plain
from service.domain.validation import MISSING, Check


class Identified(Protocol):
    """What all entities have."""

    @property
    def id(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


T = TypeVar("T", bound=Identified)


@dataclass(frozen=True, slots=True)
class Owner:
    """What the entities of one kind refer to: by this field, to this other kind."""

    field: Field
    entity: "Entity[Any]"


class Entity(Generic[T]):
    """A kind of entity: the dataclass that declares its fields, and its name in the plural and in the singular.

    Its fields `id` and `created_at` say where it is in lists. At most one field refers to another entity, its owner.
    """

    def __init__(self, kind: type[T], name: str, singular: str) -> None:
        self.kind = kind
        self.name = name
        self.singular = singular
        self.fields = fields_of(kind)
        self._by_name = {field.name: field for field in self.fields}
        self._values = attrgetter(*self._by_name)
        self._unique = [(field.name, field.unique.key) for field in self.fields if field.unique]
        converted = [field for field in self.fields if field.rule.converts]
        self._to_plain = [(field.name, field.rule.to_plain) for field in converted]
        self._from_plain = [(field.name, field.rule.from_plain) for field in converted]

    def __repr__(self) -> str:
        return f"<Entity {self.name}>"

    def field(self, name: str) -> Field:
        """Return the field of that name. Raises KeyError."""
        return self._by_name[name]

    @cached_property
    def inputs(self) -> tuple[Field, ...]:
        """The fields that a caller gives, in the order in which violations are reported: the id, if any, comes last."""
        given = [field for field in self.fields if field.is_input]
        return tuple(sorted(given, key=lambda field: field.name == "id"))

    @cached_property
    def _checks(self) -> list[tuple[str, Callable[[object], Any], object]]:
        return [(field.name, field.rule.check, field.default) for field in self.inputs]

    @cached_property
    def owner(self) -> Owner | None:
        """What each of these entities refers to, if they refer to anything."""
        owners = (Owner(field, field.reference.to) for field in self.fields if field.reference)
        return next(owners, None)

    @property
    def refers_to(self) -> tuple[str, ...]:
        """The names of the entities without which one of these cannot be stored."""
        return (self.owner.entity.name,) if self.owner else ()

    def owner_id(self, entity: T) -> str | None:
        """Return the id of the entity that this one refers to, if its kind refers to any."""
        return getattr(entity, self.owner.field.name) if self.owner else None

    def unique_keys(self, entity: T) -> dict[str, str]:
        """Return the keys that no other entity may have, by the names of the unique fields."""
        return {name: key(getattr(entity, name)) for name, key in self._unique}

    def check(self, given: Mapping[str, object]) -> dict[str, object]:
        """Return the valid values of a new entity from unchecked ones. Raises `Invalid` with every violation.

        Fields that were not sent have their defaults. An id that was not sent is left out.
        """
        values: dict[str, object] = {}
        violations = []
        for name, check, default in self._checks:
            value = given.get(name, default)
            if value is MISSING and name == "id":
                continue
            try:
                values[name] = check(value)
            except ValueError as broken:
                violations.append(Violation(name, str(broken)))
        if violations:
            raise Invalid(violations)
        return values

    def create(self, values: Mapping[str, object], new_id: Callable[[], str], now: datetime) -> T:
        """Return a new entity from valid values, as `check` returns them. An id that is missing is generated."""
        generated: dict[str, object] = {"created_at": whole_milliseconds(now)}
        if "id" not in values:
            generated["id"] = new_id()
        return self.kind(**generated, **values)

    def check_changes(self, given: Mapping[str, object], changeable: Sequence[str]) -> dict[str, object]:
        """Return the valid values of fields that change. Raises `Invalid` with every violation, or if there is none.

        `changeable` are the fields that may change; a single one has to be sent.
        """
        names = changeable if len(changeable) == 1 else [name for name in changeable if name in given]
        with Check() as check:
            values = {name: check(name, self.field(name).rule.check, given.get(name, MISSING)) for name in names}
        if not values:
            raise Invalid([Violation("body", f"must have one of: {', '.join(changeable)}")])
        return values

    def fingerprint(self, values: Mapping[str, object]) -> str:
        """Return a string that two requests have in common when they ask for the same new entity.

        `values` are those that `check` returns. Defaults are left out, so that a field which gets one later changes
        nothing.
        """
        asked = {
            name: self.field(name).rule.to_plain(value)
            for name, value in values.items()
            if value != self.field(name).default
        }
        return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    def values(self, entity: T) -> dict[str, Any]:
        """Return the values of an entity, by the names of its fields."""
        return dict(zip(self._by_name, self._values(entity), strict=True))

    def to_plain(self, entity: T) -> dict[str, Plain]:
        """Return what a store keeps: strings and integers, by the names of the fields."""
        values = self.values(entity)
        for name, to_plain in self._to_plain:
            values[name] = to_plain(values[name])
        return values

    def from_plain(self, plain: Mapping[str, Plain]) -> T:
        """Return the entity of which a store keeps this. Raises KeyError, TypeError or ValueError if it is none."""
        values: dict[str, Any] = {name: plain[name] for name in self._by_name}
        for name, from_plain in self._from_plain:
            values[name] = from_plain(values[name])
        return self.kind(**values)

    @cached_property
    def plain_defaults(self) -> dict[str, Plain]:
        """What a store keeps of the fields that have a default: what was stored before there was the field lacks it."""
        return {field.name: field.rule.to_plain(field.default) for field in self.fields if field.default is not MISSING}

    def not_found(self, id: str) -> NotFound:
        """Return the error that no entity has the id."""
        return NotFound(self.singular, id)

    def id_taken(self, entity: T) -> IdTaken:
        """Return the error that a new entity's id is in use."""
        return IdTaken(self.singular, entity.id)

    def taken(self, entity: T, field: str) -> Taken:
        """Return the error that another entity has the value of a unique field."""
        return Taken(self.singular, field, self.field(field).label, getattr(entity, field))

    def unknown_owner(self, entity: T) -> UnknownReference:
        """Return the error that the entity's owner does not exist."""
        if self.owner is None:
            raise TypeError(f"{self.name} refer to nothing.")
        owner_id = getattr(entity, self.owner.field.name)
        return UnknownReference(self.owner.entity.singular, self.owner.field.name, owner_id)
