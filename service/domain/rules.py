"""How values from outside are checked: one rule a field, and every violation reported, not only the first."""

import re
from collections.abc import Callable
from typing import Final, Self, TypeVar, cast

from service.domain.errors import Invalid, Violation

T = TypeVar("T")

MISSING: Final = object()
"""Stands for a field that was not sent, which is not the same as one that was sent as null."""

ID_MAXIMUM: Final = 64

# Unicode category Cc, and surrogates, which no encoding of a store can hold.
_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Check:
    """Collects violations while its block runs, and raises `Invalid` at the end if there are any."""

    def __init__(self) -> None:
        self._violations: list[Violation] = []

    def __call__(self, field: str, rule: Callable[[object], T], value: object) -> T:
        """The value as the rule returns it.

        Where the rule is broken it is a placeholder: use checked values only after the block.
        """
        try:
            return rule(value)
        except ValueError as broken:
            self._violations.append(Violation(field, str(broken)))
            return cast(T, None)  # never used: the block ends in Invalid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        if self._violations and failure is None:
            raise Invalid(self._violations)


def text(value: object, *, minimum: int, maximum: int, trim: bool = False) -> str:
    """A string without control characters whose length, in code points, lies between the bounds.

    Raises ValueError with the rule that is broken, in words.
    """
    if value is MISSING:
        raise ValueError("is required")
    if not isinstance(value, str):
        raise ValueError("must be a text")
    if _FORBIDDEN.search(value):
        raise ValueError("must not contain control characters")
    result = value.strip() if trim else value
    if not minimum <= len(result) <= maximum:
        raise ValueError(f"must have {minimum} to {maximum} characters")
    return result


def could_be_id(value: str) -> bool:
    """Whether anything could have this id; what could not is not looked up, for stores balk at NULs and huge keys."""
    return 1 <= len(value) <= ID_MAXIMUM and not _FORBIDDEN.search(value)
