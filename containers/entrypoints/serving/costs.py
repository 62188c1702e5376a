"""How much memory requests take."""

from collections.abc import Sequence
from typing import Final

HEADER_COST: Final = 250
"""Bytes of memory that a header takes besides its own, in CPython."""
REQUEST_COST: Final = 2_500
"""Bytes of memory that a queued request takes."""


def request_cost(overhead: int, headers: Sequence[tuple[bytes, bytes]]) -> int:
    """Return about how many bytes a request takes whose head, with these headers, has so many bytes."""
    return REQUEST_COST + overhead + HEADER_COST * len(headers)
