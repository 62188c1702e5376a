"""How each source of Lambda events reads what the handler returns: the caller's answer."""

import base64
from collections.abc import Mapping
from typing import Any

from parity.calls import Answer, Headers, headers_of


def _answer_by(*headers: Headers, result: Mapping[str, Any], decodes: bool = True) -> Answer:
    body = (result.get("body") or "").encode()
    if result.get("isBase64Encoded") and decodes:
        body = base64.b64decode(body)
    return Answer(result["statusCode"], headers_of(pair for pairs in headers for pair in pairs), body)


def from_single_value(result: Mapping[str, Any]) -> Answer:
    """A target group or a service network without multi-value headers."""
    return _answer_by(_single(result), result=result)


def from_multi_value(result: Mapping[str, Any]) -> Answer:
    """A target group with multi-value headers reads no others."""
    return _answer_by(_multiple(result), result=result)


def from_rest_api(result: Mapping[str, Any]) -> Answer:
    """Headers of both kinds; base64 is decoded only for the media types listed in binaryMediaTypes, and none is."""
    multiple = _multiple(result)
    names = {name for name, _ in multiple}
    single = tuple((name, value) for name, value in _single(result) if name not in names)
    return _answer_by(single, multiple, result=result, decodes=False)


def from_version_2(result: Mapping[str, Any]) -> Answer:
    """Format 2.0, with cookies apart."""
    cookies = tuple(("set-cookie", value) for value in result.get("cookies") or ())
    return _answer_by(_single(result), cookies, result=result)


def _single(result: Mapping[str, Any]) -> Headers:
    return tuple((result.get("headers") or {}).items())


def _multiple(result: Mapping[str, Any]) -> Headers:
    many = result.get("multiValueHeaders") or {}
    return tuple((name, value) for name, values in many.items() for value in values)
