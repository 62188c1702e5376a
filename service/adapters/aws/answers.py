"""Reading the responses of AWS's JSON protocols, and rejecting whatever else comes back over HTTP.

A proxy, a wrong endpoint or a broken network answers too. `200 text/html` must not pass for a stored item.
"""

import zlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

JsonObject = dict[str, Any]

_OK: Final = 200
_ERROR: Final = 400
# https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html, and 1_1.
_CONTENT_TYPES: Final = {"application/x-amz-json-1.0", "application/x-amz-json-1.1"}
_LONGEST_MESSAGE: Final = 500

LONGEST_ANSWER: Final = 16 * 1024 * 1024
"""In bytes. DynamoDB answers with at most 1 MB of items, as it counts them."""

PROXY_OR_ENDPOINT: Final = "is there a proxy in between, or is the endpoint wrong?"
"""What an operator has to look at when an answer is `NotFromAws`."""


class NotFromAws(Exception):
    """A response that no AWS service sent, or not the whole of one; the text says what it is instead."""


class Damaged(NotFromAws):
    """A response that was cut off or changed on its way. Another attempt may succeed."""


def read_answer(status: int, headers: Mapping[str, str], body: bytes) -> JsonObject:
    """The JSON object of a response. Raises `NotFromAws`.

    An error has the form that botocore expects: `{"Error": {"Code", "Message"}, "CancellationReasons"}`. The names of
    `headers` are in lower case; `body` is as it was on the wire, since the checksum is of those bytes.
    """
    content_type = headers.get("content-type", "")
    described = f"status {status} with content type {content_type[:100]!r}"
    _check_whole(headers, body, described)
    if status == _OK:
        if content_type.partition(";")[0].strip().lower() not in _CONTENT_TYPES:
            raise NotFromAws(described)
        return _json_object(headers, body, described)
    if status < _ERROR:
        raise NotFromAws(described)
    answer = _json_object(headers, body, described)
    kind = answer.get("__type")
    if not isinstance(kind, str):
        raise NotFromAws(f"{described} and no error code")
    message = answer.get("message") or answer.get("Message") or ""
    return {
        "Error": {"Code": kind.rpartition("#")[2].partition(":")[0], "Message": _first_line(str(message))},
        "CancellationReasons": answer.get("CancellationReasons"),
    }


def _check_whole(headers: Mapping[str, str], body: bytes, described: str) -> None:
    announced = headers.get("content-length")
    if announced is not None and "transfer-encoding" not in headers and announced != str(len(body)):
        raise Damaged(f"{described}, {len(body)} bytes of the announced {announced[:20]!r}")
    checksum = headers.get("x-amz-crc32")
    if checksum is not None and checksum != str(zlib.crc32(body)):
        raise Damaged(f"{described} and a wrong checksum")


def _json_object(headers: Mapping[str, str], body: bytes, described: str) -> JsonObject:
    try:
        answer = msgspec.json.decode(_gunzip(body) if headers.get("content-encoding") == "gzip" else body)
    except (ValueError, RecursionError, zlib.error):
        raise NotFromAws(f"{described} and a body that is not JSON") from None
    if not isinstance(answer, dict):
        raise NotFromAws(f"{described} and a body that is not a JSON object")
    return answer


def _gunzip(body: bytes) -> bytes:
    stream = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    content = stream.decompress(body, LONGEST_ANSWER)
    if not stream.eof:
        raise ValueError("cut off, or too long")
    return content


def _first_line(message: str) -> str:
    """For the log. A rejected signature is explained on further lines that contain the session token."""
    return (message.splitlines() or [""])[0][:_LONGEST_MESSAGE]
