"""Versions of entities: their tags, and conditional requests (RFC 9110, 8.8.3 and 13)."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from litestar import Request

from service.application.ports import Tag
from service.domain.entity import Entity, T
from service.http.answers import JSON, Answer
from service.http.asgi import encoded
from service.http.bodies import encode_json
from service.http.headers import Header
from service.http.json_form import json_form
from service.http.middleware.response_headers import SECURITY_HEADERS

_TAG: Final = r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")'
_TAGS: Final = re.compile(_TAG)
_LIST: Final = re.compile(rf"[, \t]*{_TAG}(?:[ \t]*,[, \t]*{_TAG})*[, \t]*")
_MUST: Final = 'must be * or a list of entity tags, such as "abc", "def"'
_HEADERS: Final = encoded({**SECURITY_HEADERS, "cache-control": "private, no-cache"})
"""A caller may keep a version, and has to ask each time whether it still is the present one."""


class _Any(Collection[str]):
    """Contains every tag."""

    def __contains__(self, tag: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        raise TypeError("Every tag is in it: they cannot be listed.")

    def __len__(self) -> int:
        raise TypeError("Every tag is in it: they cannot be counted.")


ANY: Final = _Any()


def tag_of(body: bytes) -> str:
    """Return the tag of the version that has this JSON."""
    return f'"{urlsafe_b64encode(sha256(body).digest())[:22].decode()}"'


def tags_of(entity: Entity[T]) -> Tag[T]:
    """Return the function that returns the tag of an entity of this kind."""
    shown = json_form(entity)
    return lambda stored: tag_of(encode_json(shown(stored)))


def strong_tags(values: Sequence[str]) -> Collection[str]:
    """Return the tags that the values of `If-Match` contain and that can match. Raises ValueError."""
    found = _tags(values)
    return ANY if found is None else [tag for weak, tag in found if not weak]


def all_tags(values: Sequence[str]) -> Collection[str]:
    """Return the tags that the values of `If-None-Match` contain, weak or not. Raises ValueError."""
    found = _tags(values)
    return ANY if found is None else [tag for _, tag in found]


IF_MATCH: Final = Header("If-Match", strong_tags)
IF_NONE_MATCH: Final = Header("If-None-Match", all_tags)


def _tags(values: Sequence[str]) -> list[tuple[str, str]] | None:
    """Return what stands before each tag, and the tag; None for all that there are."""
    listed = ",".join(values)
    if listed.strip(" \t") == "*":
        return None
    if not _LIST.fullmatch(listed):
        raise ValueError(_MUST)
    return _TAGS.findall(listed)


def version_answer(
    request: Request[Any, Any, Any], content: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """Return the answer that shows one version, with its tag."""
    body = encode_json(content)
    request.scope["state"]["security_headers"] = _HEADERS
    return Answer(body, status, JSON, {"ETag": tag_of(body), **(headers or {})})


def unless_seen(answer: Answer, seen: Collection[str] | None) -> Answer:
    """Return the answer, or 304 without a body if the caller has that version."""
    if seen is None:
        return answer
    tag = (answer.headers or {})["ETag"]
    return Answer(b"", 304, "", {"ETag": tag}) if tag in seen else answer
