"""Pages of lists: the query that asks for one, and the signed cursor that leads to the next."""

import binascii
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from litestar import Request

from service.application.ports import Page, Position
from service.domain.entity import T
from service.domain.moments import from_epoch, to_epoch
from service.domain.validation import Check

DEFAULT_LIMIT: Final = 50
MAXIMUM_LIMIT: Final = 100

_LIMIT: Final = re.compile("[1-9][0-9]?|100")
_FORMAT: Final = b"1"
_SIGNATURE_BYTES: Final = 16


def read_query(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The query's parameters; of a repeated one, the last."""
    query: bytes = request.scope["query_string"]
    return dict(parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)) if query else {}


def page_limit(value: object) -> int:
    """How many items a page may have: 1 to 100, in decimal digits."""
    if value is None:
        return DEFAULT_LIMIT
    if not isinstance(value, str) or not _LIMIT.fullmatch(value):
        raise ValueError(f"must be a whole number between 1 and {MAXIMUM_LIMIT}")
    return int(value)


class Cursors:
    """Makes and reads cursors. A cursor is good only for the list that it was made for.

    It is the signature and the last item's position, in URL-safe base64. The list's name is signed but not contained.
    """

    def __init__(self, secret: str, *previous: str) -> None:
        """`previous` secrets sign nothing, but their cursors are still good."""
        self._secret = secret.encode()
        self._secrets = [self._secret, *map(str.encode, previous)]

    def encode(self, list_name: str, position: Position) -> str:
        """The cursor behind an item of a list."""
        place = b"%d/%s" % (to_epoch(position.created_at), position.id.encode())
        return _as_text(_sign(self._secret, list_name, place) + place)

    def decode(self, list_name: str, cursor: str) -> Position:
        """The position behind a cursor. Raises ValueError for one that this service did not make for this list."""
        try:
            raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (binascii.Error, UnicodeEncodeError):
            raise _foreign() from None
        signature, place = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not any(hmac.compare_digest(signature, _sign(secret, list_name, place)) for secret in self._secrets):
            raise _foreign()
        if _as_text(raw) != cursor:  # base64 has several spellings of the same bytes
            raise _foreign()
        milliseconds, _, last_id = place.decode().partition("/")
        return Position(from_epoch(int(milliseconds)), last_id)


def _sign(secret: bytes, list_name: str, place: bytes) -> bytes:
    signed = b"\0".join((_FORMAT, list_name.encode(), place))
    return hmac.digest(secret, signed, "sha256")[:_SIGNATURE_BYTES]


def _as_text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _foreign() -> ValueError:
    return ValueError("must be a cursor from this list's own Link header, unchanged")


def read_page(check: Check, query: Mapping[str, str], cursors: Cursors, list_name: str) -> tuple[int, Position | None]:
    """The limit that a query asks for, and the position behind its cursor, if it has one."""
    limit = check("limit", page_limit, query.get("limit"))
    cursor = query.get("cursor")
    after = None if cursor is None else check("cursor", lambda _: cursors.decode(list_name, cursor), cursor)
    return limit, after


def next_cursor(cursors: Cursors, list_name: str, page: Page[T]) -> str | None:
    """The cursor to the page after this one, if there is one."""
    if not page.has_more:
        return None
    last = page.items[-1]
    return cursors.encode(list_name, Position(last.created_at, last.id))


def next_link(cursors: Cursors, list_name: str, page: Page[T], **query: str | int) -> dict[str, str]:
    """The `Link` header (RFC 8288) to the page after this one, relative to the request; empty where there is none."""
    cursor = next_cursor(cursors, list_name, page)
    if cursor is None:
        return {}
    return {"Link": f'<?{urlencode({**query, "cursor": cursor}, quote_via=quote)}>; rel="next"'}
