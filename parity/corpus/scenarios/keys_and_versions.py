"""Creations that are sent again, conditional requests and changes, for each entity that is listed."""

from collections.abc import Iterator
from typing import Any, Final

from parity.calls import Call
from parity.corpus.building import JSON, KEY, ask, send
from parity.corpus.examples import changed, unique_text
from parity.corpus.headers import KEYS, TAGS
from parity.corpus.scenarios.parts import UNKNOWN, EntityCalls
from parity.corpus.texts import BODIES
from service.application.use_cases import CHANGE
from service.domain.entities import ENTITIES
from service.domain.rules import WholeNumber

_ALSO_HEAD: Final = 4
"""So many lists of tags are also sent with HEAD."""


def keys_and_versions() -> Iterator[Call]:
    """Create with keys, read and delete with tags, and change what can be changed."""
    for entity in ENTITIES.values():
        yield from _Scenario(entity, "versions").calls()


class _Scenario(EntityCalls):
    def calls(self) -> Iterator[Call]:
        """Return the calls. Their labels begin with the entity's name."""
        yield from self.create_owner()
        yield from self._repetitions()
        yield from self._conditions()
        if self.entity.name in CHANGE:
            yield from self._changes()

    def _repetitions(self) -> Iterator[Call]:
        fields = self.example(self.entity)
        key = KEY, f"{self.entity.name}-<<token>>"
        other = self._other(fields)
        spelled = dict(reversed([*fields.items()])) | {"unknown": 1}
        for label, sent in (("once", fields), ("again", fields), ("spelled", spelled), ("other", other), ("empty", {})):
            yield send(self.label(f"key-{label}"), "POST", self.path, sent, *JSON, key)
        created = f"{self.path}/<<id:{self.label('key-once')}>>"
        yield ask(self.label("key-delete"), "DELETE", created)
        for label in ("gone", "gone-again"):
            yield send(self.label(f"key-{label}"), "POST", self.path, fields, *JSON, key)
        yield ask(self.label("key-gone-get"), "GET", created)
        refused = KEY, f"refused-{self.entity.name}-<<token>>"
        for label, sent in (("refused", {}), ("free", other), ("used", other)):
            yield send(self.label(f"key-{label}"), "POST", self.path, sent, *JSON, refused)
        for number, form in enumerate(KEYS):
            value = form.replace("{}", f"{number}-{self.entity.name}-<<token>>")
            yield send(self.label(f"key-{number}"), "POST", self.path, self.example(self.entity), *JSON, (KEY, value))
        yield send(self.label("two-keys"), "POST", self.path, self.example(self.entity), *JSON, key, key)
        for label, body in (("malformed", b"{"), ("and-fields", b"{}")):
            yield send(self.label(f"key-{label}"), "POST", self.path, body, *JSON, (KEY, "a b"))

    def _other(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return what asks for another entity."""
        found = self.example(self.entity)
        for field in self.entity.inputs:
            if isinstance(field.rule, WholeNumber) and field.name in fields:
                found[field.name] = field.rule.minimum + (fields[field.name] == field.rule.minimum)
        return found

    def _conditions(self) -> Iterator[Call]:
        yield self.create("tagged")
        item, stored = f"{self.path}/<<id:{self.label('tagged')}>>", f"<<tag:{self.label('tagged')}>>"
        for number, form in enumerate(TAGS):
            value = form.replace("{}", stored)
            for method in ("GET", "HEAD") if number < _ALSO_HEAD else ("GET",):
                yield ask(self.label(f"{method}-seen-{number}"), method, item, "", ("if-none-match", value))
        yield ask(self.label("seen-list"), "GET", self.path, "", ("if-none-match", "x"), ("if-match", "x"))
        yield ask(self.label("two-seen"), "GET", item, "", ("if-none-match", '"x"'), ("if-none-match", stored))
        yield ask(self.label("seen-unknown"), "GET", f"{self.path}/{UNKNOWN}", "", ("if-none-match", "*"))
        for number, form in enumerate(reversed(TAGS)):
            value = form.replace("{}", stored)
            yield ask(self.label(f"delete-seen-{number}"), "DELETE", item, "", ("if-match", value))
        yield ask(self.label("delete-unknown-seen"), "DELETE", f"{self.path}/{UNKNOWN}", "", ("if-match", '"x"'))

    def _changes(self) -> Iterator[Call]:
        if self.entity.name not in CHANGE:
            return
        yield self.create("to-change")
        yield self.create("in-the-way")
        item = f"{self.path}/<<id:{self.label('to-change')}>>"
        changeable = [self.entity.field(name) for name in CHANGE[self.entity.name].fields]
        whole = {field.name: changed(field, next(self.numbers)) for field in changeable}
        for number, form in enumerate(TAGS):
            value = form.replace("{}", f"<<tag:{self.label('to-change')}>>")
            yield self._change(f"change-seen-{number}", item, whole, ("if-match", value))
        for field in changeable:
            for label in ("", "again-"):
                one = {field.name: changed(field, next(self.numbers))}
                yield self._change(f"change-{label}{field.name}", item, one)
            for label, odd in (("null", None), ("list", []), ("empty", ""), ("number", 7)):
                yield self._change(f"change-{field.name}-{label}", item, {field.name: odd})
            if field.unique:
                value = unique_text(field, next(self.numbers))
                yield self.create(f"has-{field.name}", **{field.name: value})
                yield self._change(f"change-to-taken-{field.name}", item, {field.name: value})
        for label, sent in (("nothing", {}), ("unknown", {"x": 1}), ("fixed", {"id": "x", "created_at": "x"})):
            yield self._change(f"change-{label}", item, sent)
        yield self._change("change-missing", f"{self.path}/{UNKNOWN}", whole, ("if-match", '"x"'))
        for number, body in enumerate(BODIES[:6]):
            yield self._change(f"change-body-{number}", item, body, ("if-match", "x"))
        yield self._change("change-large", item, BODIES[-1])
        yield self._change("change-deeper", f"{self.path}/a/b", whole)
        yield send(self.label("change-form"), "PATCH", item, b"a=b", ("content-type", "text/xml"))
        yield ask(self.label("changed"), "GET", item)
        yield ask(self.label("changed-list"), "GET", self.path, "limit=3")

    def _change(self, label: str, path: str, sent: Any, *headers: tuple[str, str]) -> Call:
        return send(self.label(label), "PATCH", path, sent, *JSON, *headers)
