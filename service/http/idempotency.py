"""The header `Idempotency-Key`: a request can be repeated without harm (draft-ietf-httpapi-idempotency-key-header)."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from litestar import Request

from service.http.caller import caller_of
from service.http.headers import Header

REPLAYED: Final = {"Idempotency-Replayed": "true"}
"""The header of an answer that was given before."""

_CHARACTER: Final = r"[\x21\x23-\x2b\x2d-\x7e]"
_KEY: Final = re.compile(f'(?:"({_CHARACTER}{{1,255}})"|({_CHARACTER}{{1,255}}))')


def read_key(values: Sequence[str]) -> str:
    """Return the key that the values of the header contain, without quotation marks. Raises ValueError."""
    found = _KEY.fullmatch(values[0]) if len(values) == 1 else None
    if found is None:
        raise ValueError("must be sent once, as 1 to 255 visible ASCII characters without quotation marks and commas")
    return found[1] or found[2]


KEY: Final = Header("Idempotency-Key", read_key)


def name_of(request: Request[Any, Any, Any], key: str | None) -> str | None:
    """Return what names a key of the request's caller and nobody else's, so that no store contains the key itself."""
    if key is None:
        return None
    return urlsafe_b64encode(sha256(f"{caller_of(request.scope)}\0{key}".encode()).digest()).decode().rstrip("=")
