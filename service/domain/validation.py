"""How values from outside are checked: every violation is reported, not only the first."""

import re
from collections.abc import Callable
from typing import Final, Self, TypeVar, cast

from service.domain.errors import Invalid, Violation

T = TypeVar("T")
V = TypeVar("V")

MISSING: Final = object()
"""Stands for a field that was not sent, which is not the same as a field that was sent as null."""

ID_MAXIMUM: Final = 64
"""The most characters that the id of any entity has."""

# Unicode category Cc, and surrogates, which no encoding of a store can hold.
FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Check:
    """Collects violations while its block runs, and raises `Invalid` at the end if there are any."""

    def __init__(self) -> None:
        self._violations: list[Violation] = []

    def __call__(self, field: str, rule: Callable[[V], T], value: V) -> T:
        """Return the value as the rule returns it.

        Where the value breaks the rule, the result is a placeholder: use checked values only after the block.
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


def could_be_id(value: str) -> bool:
    """Whether an entity could have this id. Other ids are not looked up: stores refuse NUL characters and long keys."""
    return 1 <= len(value) <= ID_MAXIMUM and not FORBIDDEN.search(value)
