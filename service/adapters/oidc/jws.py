"""Reading a signed token (RFC 7515, compact serialization), strictly: what is unusual is rejected, not interpreted."""

import json
import re
from base64 import urlsafe_b64decode
from typing import Any, Final, NamedTuple

from service.domain.errors import InvalidToken

ALGORITHMS: Final = frozenset(("RS256", "PS256", "ES256", "EdDSA"))
"""Signatures by a private key. Never `none`, and never a secret that both sides know."""

LONGEST_TOKEN: Final = 16 * 1024
"""In characters. Load balancers have a limit of this size for all headers."""

_COMPACT: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_TYPES: Final = frozenset(("at+jwt", "jwt"))


class Jws(NamedTuple):
    """A token whose signature has not been checked. Nothing else of its header is ever used."""

    algorithm: str
    key_id: str | None
    payload: bytes
    signed: bytes
    signature: bytes


def read_jws(token: str) -> Jws:
    """Return the parts of a token. Raises `InvalidToken`."""
    parts = _COMPACT.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
    if parts is None:
        raise InvalidToken("is not a signed JSON Web Token")
    header = read_json_object(_decode(parts[1]))
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise InvalidToken(f"has an algorithm that is not one of {', '.join(sorted(ALGORITHMS))}")
    if not isinstance(key_id, str | None):
        raise InvalidToken("has a key id that is not a string")
    if "crit" in header:  # RFC 7515, 4.1.11: none of its extensions is supported
        raise InvalidToken("has critical header parameters, which are not supported")
    if not _is_access_token(header):
        raise InvalidToken("has a type that is neither at+jwt nor JWT")
    signed = token[: parts.end(2)].encode()
    return Jws(algorithm, key_id, _decode(parts[2]), signed, _decode(parts[3]))


def read_json_object(text: bytes) -> dict[str, Any]:
    """Return the JSON object of a header or payload. Raises `InvalidToken`, also for a name that occurs twice."""
    try:
        content = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
        json.dumps(content, ensure_ascii=False).encode()  # raises for a lone surrogate, which is no text
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise InvalidToken("does not contain valid JSON objects")
    return content


def _is_access_token(header: dict[str, Any]) -> bool:
    if "typ" not in header:
        return True
    kind = header["typ"]
    return isinstance(kind, str) and kind.lower().removeprefix("application/") in _TYPES


def _decode(part: str) -> bytes:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise InvalidToken("is not a signed JSON Web Token") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a name occurs twice")
    return content


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
