"""JSON, in and out."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

import msgspec
from litestar import Request

from service.domain.errors import Invalid, Violation
from service.http.answers import JSON, Answer
from service.http.asgi import Message
from service.http.json_numbers import decode_json
from service.http.problems import BODY_TOO_LARGE, REQUEST_TIMEOUT, UNSUPPORTED_MEDIA_TYPE, Refused

MAXIMUM_BYTES: Final = 64 * 1024
MAXIMUM_DEPTH: Final = 100  # far below what any supported Python can decode, so that all refuse the same

encode_json: Final[Callable[[object], bytes]] = msgspec.json.Encoder().encode
"""Returns the JSON of a value. Equal values have equal JSON."""


def json_answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """The content as JSON."""
    return Answer(encode_json(content), status, JSON, headers)


async def read_fields(request: Request[Any, Any, Any], *names: str) -> dict[str, object]:
    """Those fields of the JSON object in the body that were sent, unchecked; others are ignored.

    Raises `Refused` for more than 64 KiB, then for a media type other than JSON; `Invalid` for what is no JSON object.
    """
    body = await read_body(request)
    if _header(request, b"content-type").partition(";")[0].strip().lower() != JSON:
        raise Refused(UNSUPPORTED_MEDIA_TYPE, "Send the body as JSON, with the header Content-Type: application/json.")
    try:
        content = decode_json(body)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:  # msgspec's errors, and text that is not UTF-8
        raise _malformed(f"is not valid JSON: {error}" if body else "is empty; a JSON object is required") from None
    if body.count(b"{") + body.count(b"[") > MAXIMUM_DEPTH and _is_too_deep(content):  # the exact check is slow
        raise _too_deep()
    if not isinstance(content, dict):
        raise _malformed("must be a JSON object")
    return {name: content[name] for name in names if name in content}


async def read_body(request: Request[Any, Any, Any]) -> bytes:
    """The whole body. Raises `Refused` for more than 64 KiB."""
    length = _header(request, b"content-length")
    if length.isdecimal() and int(length[:20]) > MAXIMUM_BYTES:
        raise _too_large()
    body = bytearray()
    while True:
        message = cast(Message, await request.receive())
        if message["type"] == "http.disconnect":
            raise Refused(REQUEST_TIMEOUT, "The connection was closed before the whole body had arrived.")
        body += message.get("body", b"")
        if len(body) > MAXIMUM_BYTES:
            raise _too_large()
        if not message.get("more_body"):
            return bytes(body)


def _header(request: Request[Any, Any, Any], name: bytes) -> str:
    """The first header of that name, or nothing; without the mapping of them all that `request.headers` makes."""
    return next((value.decode("latin-1") for each, value in request.scope["headers"] if each == name), "")


def _is_too_deep(content: object) -> bool:
    level = [content]
    for _ in range(MAXIMUM_DEPTH):
        level = [inner for each in level for inner in _inside(each) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _inside(content: object) -> Iterable[object]:
    if isinstance(content, dict):
        return content.values()
    return content if isinstance(content, list) else ()


def _too_deep() -> Invalid:
    return _malformed("is nested too deeply")


def _too_large() -> Refused:
    return Refused(BODY_TOO_LARGE, f"A body has at most {MAXIMUM_BYTES:,} bytes.")


def _malformed(message: str) -> Invalid:
    return Invalid([Violation("body", message)])
