"""What all entities have in common, for each one that is listed, with values from the declaration of its fields."""

from collections.abc import Iterator
from typing import Any

from parity.calls import Call
from parity.corpus.building import ask, send
from parity.corpus.examples import example, unique_text
from parity.corpus.texts import BODIES, QUERIES
from service.domain.entities import ENTITIES
from service.domain.entity import Entity
from service.domain.rules import Text, WholeNumber

UNFIT_HOST = "host", "sh op.example"
UNKNOWN = "01980000-0000-7000-8000-ffffffffffff"


def each_entity() -> Iterator[Call]:
    """Create, read, refuse and delete entities of each kind."""
    for entity in ENTITIES.values():
        yield from _Scenario(entity).calls()


class _Scenario:
    def __init__(self, entity: Entity[Any]) -> None:
        self._entity = entity
        self._path = f"/api/{entity.name}"
        self._numbers = iter(range(1, 10_000))

    def calls(self) -> Iterator[Call]:
        """Return the calls. Their labels begin with the entity's name."""
        owner = self._entity.owner
        if owner:
            yield send(self._label("owner"), "POST", f"/api/{owner.entity.name}", self._example(owner.entity))
        yield self._create("first")
        yield self._create("second")
        yield from self._reads()
        yield from self._taken()
        yield from self._invalid()
        yield from self._boundaries()
        yield from self._malformed()
        yield from self._deletions()

    def _reads(self) -> Iterator[Call]:
        first = f"{self._path}/<<id:{self._label('first')}>>"
        for method in ("GET", "HEAD"):
            yield ask(self._label(f"{method}-first"), method, first)
            yield ask(self._label(f"{method}-list"), method, self._path, "limit=1")
        yield ask(self._label("next-page"), "GET", self._path, f"<<next:{self._label('GET-list')}>>")
        for number, query in enumerate(QUERIES):
            yield ask(self._label(f"query-{number}"), "GET", self._path, query)
        if self._entity.owner:
            of_owner = f"{self._entity.owner.field.name}=<<id:{self._label('owner')}>>&limit=1"
            yield ask(self._label("of-owner"), "GET", self._path, of_owner)
            yield ask(self._label("of-owner-next"), "GET", self._path, f"<<next:{self._label('of-owner')}>>")

    def _taken(self) -> Iterator[Call]:
        for field in self._entity.fields:
            if field.unique or (field.name == "id" and field.is_input):
                value = unique_text(field, next(self._numbers))
                for label in ("taken-first", "taken"):
                    yield self._create(f"{label}-{field.name}", **{field.name: value})
            if field.reference:
                yield self._create(f"unknown-{field.name}", **{field.name: UNKNOWN})

    def _invalid(self) -> Iterator[Call]:
        inputs = [field.name for field in self._entity.inputs]
        yield send(self._label("nothing"), "POST", self._path, {})
        yield send(self._label("nulls"), "POST", self._path, dict.fromkeys(inputs))
        yield send(self._label("lists"), "POST", self._path, {name: [] for name in inputs})
        for name in inputs:
            yield self._create(f"null-{name}", **{name: None})
        for number, body in enumerate(BODIES):
            yield send(self._label(f"body-{number}"), "POST", self._path, body)
        form = "content-type", "application/x-www-form-urlencoded"
        yield send(self._label("form"), "POST", self._path, b"a=b", form)

    def _boundaries(self) -> Iterator[Call]:
        for field in self._entity.inputs:
            match field.rule:
                case WholeNumber(minimum=least, maximum=most):
                    values: list[Any] = [least - 1, least, most, most + 1, least + 0.5, str(least), True]
                case Text(minimum=least, maximum=most) if not field.unique and not field.reference:
                    values = ["x" * size for size in (least - 1, least, most, most + 1)]
                case _:
                    values = []
            for number, value in enumerate(values):
                yield self._create(f"{field.name}-{number}", **{field.name: value})

    def _malformed(self) -> Iterator[Call]:
        item = f"{self._path}/<<id:{self._label('first')}>>"
        for method in ("GET", "HEAD", "DELETE"):
            yield ask(self._label(f"{method}-host"), method, item, "", UNFIT_HOST)
            yield ask(self._label(f"{method}-deeper"), method, f"{self._path}/a/b")

    def _deletions(self) -> Iterator[Call]:
        for method in ("GET", "HEAD", "DELETE"):
            for label, name in (("unknown", UNKNOWN), ("unfit", "x" * 65)):
                yield ask(self._label(f"{method}-{label}"), method, f"{self._path}/{name}")
        owner = self._entity.owner
        if owner:
            yield ask(self._label("in-use"), "DELETE", f"/api/{owner.entity.name}/<<id:{self._label('owner')}>>")
        for label in ("delete", "delete-again"):
            yield ask(self._label(label), "DELETE", f"{self._path}/<<id:{self._label('second')}>>")

    def _create(self, label: str, **fields: Any) -> Call:
        return send(self._label(label), "POST", self._path, self._example(self._entity) | fields)

    def _example(self, entity: Entity[Any]) -> dict[str, Any]:
        return example(entity, next(self._numbers), f"<<id:{self._label('owner')}>>")

    def _label(self, name: str) -> str:
        return f"{self._entity.name}-{name}".lower()
