"""Reads an event without trust: null counts as absent, and a value of a wrong type is noted as a violation."""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, NamedTuple

from service.domain.errors import Violation

Pairs = list[tuple[str, str]]


class Request(NamedTuple):
    """What an event says of its request, apart from the body."""

    method: str
    path: str
    """Decoded, and without what stands before the application's own paths."""
    query: str
    """As in a URL, without the question mark."""
    headers: Pairs
    """The names in lower case."""
    peer: str
    """The address that the source itself saw, or `-`."""
    unslashed: str = ""
    """The last segment of the prefix, where the caller asked for the prefix without its slash."""


class JsonObject:
    """An object in an event. What is wrong with it is collected in `violations`, so that all is reported at once."""

    __slots__ = ("_prefix", "_value", "violations")

    def __init__(self, value: Mapping[str, Any], violations: list[Violation] | None = None, prefix: str = "") -> None:
        self._value = value
        self._prefix = prefix
        self.violations: list[Violation] = [] if violations is None else violations

    def child(self, name: str) -> "JsonObject":
        """The object of that name; an empty one where there is none."""
        value = self._value.get(name)
        if value is not None and not isinstance(value, dict):
            self._note(name, "must be an object")
            value = None
        return JsonObject(value or {}, self.violations, f"{self._prefix}{name}.")

    def text(self, name: str) -> str:
        """The string of that name; a number is spelled as JSON spells it, and what is absent is empty."""
        value = self._value.get(name)
        if type(value) is str and value.isascii():  # as nearly all are
            return value
        return self._text(name, value) or ""

    def required(self, name: str) -> str:
        """The string of that name, which must be there and not be empty."""
        value = self._value.get(name)
        if isinstance(value, str) and value:
            return _without_surrogates(value)
        self._note(name, "must be a string that is not empty")
        return ""

    def is_true(self, *names: str) -> bool:
        """Whether one of these flags is set. VPC Lattice documents its flag in a way that reads like a string."""
        return any(self._value.get(name) in (True, "true") for name in names)

    def strings(self, name: str) -> list[str]:
        """The list of that name without its nulls; one string counts as a list of one."""
        values = self._value.get(name)
        if values is None:
            return []
        several = values if isinstance(values, list) else [values]
        return [text for each in several if (text := self._text(name, each)) is not None]

    def pairs(self, *names: str) -> Pairs:
        """Names and values of the first of these objects that has any; a list of values makes a pair of each."""
        for name in names:
            value = self._value.get(name)
            if value:
                return self.child(name).all_pairs()
        return []

    def all_pairs(self) -> Pairs:
        """Each name with each of its values."""
        pairs: Pairs = []
        for name, values in self._value.items():
            is_plain = name.isascii()
            for value in values if type(values) is list else (values,):
                if is_plain and type(value) is str and value.isascii():  # as nearly all are
                    pairs.append((name, value))
                elif (text := self._text(name, value)) is not None:
                    pairs.append((_without_surrogates(name), text))
        return pairs

    def body(self) -> bytes:
        """The body, whether the event has it as a string or in base64."""
        value = self._value.get("body")
        if value is None:
            return b""
        if not isinstance(value, str):
            self._note("body", "must be a string")
            return b""
        if not self.is_true("isBase64Encoded", "is_base64_encoded"):
            return value.encode("utf-8", "surrogatepass")
        try:
            return b64decode(value, validate=True)
        except ValueError:
            self._note("body", "is not valid base64")
            return b""

    def _text(self, name: str, value: object) -> str | None:
        if isinstance(value, str):
            return _without_surrogates(value)
        if value is None:
            return None
        if isinstance(value, int | float):  # and bool
            return json.dumps(value)
        self._note(name, "must be a string")
        return None

    def _note(self, name: str, message: str) -> None:
        self.violations.append(Violation(f"{self._prefix}{_without_surrogates(name)}", message))


def _without_surrogates(text: str) -> str:
    """The text with U+FFFD in place of lone surrogates, which JSON can spell and UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
