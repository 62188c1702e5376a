"""Requests as callers spell them, what is answered, and sequences of requests that build on one another's answers."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import parse_qs

Headers = tuple[tuple[str, str], ...]

_REFERENCE: Final = re.compile(r"<<(?:token|TOKEN|(id|next|cursor|tag):([^>]+))>>")


@dataclass(frozen=True)
class Call:
    """A request: path and query in the caller's own spelling, headers as they send them.

    Each text of it may contain references. `<<id:x>>`, `<<tag:x>>`, `<<next:x>>` and `<<cursor:x>>` stand for the id
    and the entity tag that the call labelled `x` was answered with, the query of its Link to the next page, and the
    cursor in that. `<<token>>` stands for a word that is new for each service that is played against.
    """

    label: str
    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""

    @property
    def target(self) -> str:
        """The path and the query, as a request line has them."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def sent_headers(self) -> Headers:
        """The headers with the one that a client adds: the length of what it sends."""
        return (*self.headers, ("content-length", str(len(self.body)))) if self.body else self.headers

    def values(self, name: str) -> list[str]:
        """The values of that header, in their order; the name is in lower case."""
        return [value for each, value in self.headers if each.lower() == name]

    def refers_to(self) -> set[str]:
        """The labels of the calls whose answers this one needs."""
        texts = [self.path, self.query, *(value for _, value in self.headers), self.body.decode("latin-1")]
        return {label for text in texts for _, label in _REFERENCE.findall(text) if label}


@dataclass(frozen=True)
class Answer:
    """What a call was answered with.

    `headers` are sorted and their names in lower case. `logged` is what the access log says of the request, without
    time and duration; None where the log cannot be seen.
    """

    status: int
    headers: Headers
    body: bytes
    logged: Mapping[str, Any] | None = None

    def value(self, name: str) -> str:
        """The first value of that header, or an empty text."""
        return next((value for each, value in self.headers if each == name), "")

    @property
    def id(self) -> str | None:
        """The id of the entity in the answer."""
        found = _json(self.body)
        return str(found["id"]) if isinstance(found, dict) and "id" in found else None

    @property
    def next_query(self) -> str | None:
        """The query that leads to the next page."""
        found = re.fullmatch(r'<\?([^>]*)>; rel="next"', self.value("link"))
        return found[1] if found else None


@dataclass(frozen=True)
class CallSequence:
    """Calls to be played one after the other, in an isolated app.

    `trusted_hops` is the app's setting: whether it trusts X-Forwarded-For.
    """

    name: str
    calls: Sequence[Call]
    trusted_hops: int = 1
    settings: Mapping[str, str] = field(default_factory=dict)
    """Other settings that the app has."""


def headers_of(pairs: Any) -> Headers:
    """Headers in the form that answers have them in."""
    return tuple(sorted((name.lower(), value) for name, value in pairs))


def resolved(call: Call, answers: Mapping[str, Answer], token: str) -> Call:
    """The call with each reference replaced by what it stands for, or by a string that says it is absent."""

    def stands_for(found: re.Match[str]) -> str:
        kind, label = found.groups()
        if kind is None:
            return token.upper() if found[0] == "<<TOKEN>>" else token
        return _fact(kind, answers.get(label)) or f"absent-{label}"

    def replaced(text: str) -> str:
        return _REFERENCE.sub(stands_for, text) if "<<" in text else text

    return replace(
        call,
        path=replaced(call.path),
        query=replaced(call.query),
        headers=tuple((name, replaced(value)) for name, value in call.headers),
        body=replaced(call.body.decode("latin-1")).encode("latin-1", "replace") if b"<<" in call.body else call.body,
    )


def _fact(kind: str, answer: Answer | None) -> str | None:
    if answer is None:
        return None
    return _FACTS[kind](answer)


def _cursor(answer: Answer) -> str | None:
    return parse_qs(answer.next_query or "").get("cursor", [None])[0]


_FACTS: Final[Mapping[str, Callable[[Answer], str | None]]] = {
    "id": lambda answer: answer.id,
    "next": lambda answer: answer.next_query,
    "tag": lambda answer: answer.value("etag") or None,
    "cursor": _cursor,
}


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
