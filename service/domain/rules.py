"""How values from outside are checked: one rule a field, and every violation reported, not only the first."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol, TypeVar, cast

from service.domain.errors import Invalid, Violation

T = TypeVar("T")

MISSING: Final = object()
"""Stands for a field that was not sent, which is not the same as one that was sent as null."""

ID_MAXIMUM: Final = 64

# Unicode category Cc, and surrogates, which no encoding of a store can hold.
_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Check(Protocol):
    """Applies a rule to a field's value and notes the violation, if there is one."""

    def __call__(self, field: str, rule: Callable[[object], T], value: object) -> T: ...


@contextmanager
def checking() -> Iterator[Check]:
    """Collect violations while the block runs and raise `Invalid` at its end if there are any.

    Where a rule is broken the check returns a placeholder: use checked values only after the block.
    """
    violations: list[Violation] = []

    def check(field: str, rule: Callable[[object], T], value: object) -> T:
        try:
            return rule(value)
        except ValueError as broken:
            violations.append(Violation(field, str(broken)))
            return cast(T, None)  # never used: the block ends in Invalid

    yield check
    if violations:
        raise Invalid(violations)


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
