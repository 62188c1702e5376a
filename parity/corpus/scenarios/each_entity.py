"""What all entities have in common, for each one that is listed, with values from the declaration of its fields."""

from collections.abc import Iterator
from typing import Any

from parity.calls import Call
from parity.corpus.building import ask, send
from parity.corpus.examples import text_of, unique_text
from parity.corpus.scenarios.parts import UNKNOWN, EntityCalls
from parity.corpus.texts import BODIES, QUERIES
from service.domain.entities import ENTITIES
from service.domain.rules import Text, WholeNumber

UNFIT_HOST = "host", "sh op.example"


def each_entity() -> Iterator[Call]:
    """Create, read, refuse and delete entities of each kind."""
    for entity in ENTITIES.values():
        yield from _Scenario(entity).calls()


class _Scenario(EntityCalls):
    def calls(self) -> Iterator[Call]:
        """Return the calls. Their labels begin with the entity's name."""
        yield from self.create_owner()
        yield self.create("first")
        yield self.create("second")
        yield from self._reads()
        yield from self._taken()
        yield from self._invalid()
        yield from self._boundaries()
        yield from self._malformed()
        yield from self._deletions()

    def _reads(self) -> Iterator[Call]:
        first = f"{self.path}/<<id:{self.label('first')}>>"
        for method in ("GET", "HEAD"):
            yield ask(self.label(f"{method}-first"), method, first)
            yield ask(self.label(f"{method}-list"), method, self.path, "limit=1")
        yield ask(self.label("next-page"), "GET", self.path, f"<<next:{self.label('GET-list')}>>")
        for number, query in enumerate(QUERIES):
            yield ask(self.label(f"query-{number}"), "GET", self.path, query)
        if self.entity.owner:
            of_owner = f"{self.entity.owner.field.name}=<<id:{self.label('owner')}>>&limit=1"
            yield ask(self.label("of-owner"), "GET", self.path, of_owner)
            yield ask(self.label("of-owner-next"), "GET", self.path, f"<<next:{self.label('of-owner')}>>")

    def _taken(self) -> Iterator[Call]:
        for field in self.entity.fields:
            if field.unique or (field.name == "id" and field.is_input):
                value = unique_text(field, next(self.numbers))
                for label in ("taken-first", "taken"):
                    yield self.create(f"{label}-{field.name}", **{field.name: value})
            if field.reference:
                yield self.create(f"unknown-{field.name}", **{field.name: UNKNOWN})

    def _invalid(self) -> Iterator[Call]:
        inputs = [field.name for field in self.entity.inputs]
        yield send(self.label("nothing"), "POST", self.path, {})
        yield send(self.label("nulls"), "POST", self.path, dict.fromkeys(inputs))
        yield send(self.label("lists"), "POST", self.path, {name: [] for name in inputs})
        for name in inputs:
            yield self.create(f"null-{name}", **{name: None})
        for number, body in enumerate(BODIES):
            yield send(self.label(f"body-{number}"), "POST", self.path, body)
        form = "content-type", "application/x-www-form-urlencoded"
        yield send(self.label("form"), "POST", self.path, b"a=b", form)

    def _boundaries(self) -> Iterator[Call]:
        for field in self.entity.inputs:
            match field.rule:
                case WholeNumber(minimum=least, maximum=most):
                    values: list[Any] = [least - 1, least, most, most + 1, least + 0.5, str(least), True]
                case Text(minimum=least, maximum=most) if not field.unique and not field.reference:
                    values = [text_of(field, size) for size in (least - 1, least, most, most + 1)]
                case _:
                    values = []
            for number, value in enumerate(values):
                yield self.create(f"{field.name}-{number}", **{field.name: value})

    def _malformed(self) -> Iterator[Call]:
        item = f"{self.path}/<<id:{self.label('first')}>>"
        for method in ("GET", "HEAD", "DELETE"):
            yield ask(self.label(f"{method}-host"), method, item, "", UNFIT_HOST)
            yield ask(self.label(f"{method}-deeper"), method, f"{self.path}/a/b")

    def _deletions(self) -> Iterator[Call]:
        for method in ("GET", "HEAD", "DELETE"):
            for label, name in (("unknown", UNKNOWN), ("unfit", "x" * 65)):
                yield ask(self.label(f"{method}-{label}"), method, f"{self.path}/{name}")
        owner = self.entity.owner
        if owner:
            yield ask(self.label("in-use"), "DELETE", f"/api/{owner.entity.name}/<<id:{self.label('owner')}>>")
        for label in ("delete", "delete-again"):
            yield ask(self.label(label), "DELETE", f"{self.path}/<<id:{self.label('second')}>>")
