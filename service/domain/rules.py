"""The rules that a field can have. A rule checks a value from outside, and says how adapters store it."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

from service.domain.moments import from_epoch, to_epoch
from service.domain.validation import FORBIDDEN, ID_MAXIMUM, MISSING

Plain: TypeAlias = str | int
"""What every store and format can hold."""


class Rule(ABC):
    """What values a field may have."""

    plain: ClassVar[type[Plain]] = str
    """Whether a store keeps a string or an integer."""

    converts: ClassVar = False
    """Whether what a store keeps is something else than the value itself."""

    @abstractmethod
    def check(self, value: object) -> Any:
        """Return the value as the entity has it. Raises ValueError with the reason, in words, for any other value."""

    def to_plain(self, value: Any) -> Plain:
        """Return what a store keeps of a value."""
        plain: Plain = value
        return plain

    def from_plain(self, plain: Any) -> Any:
        """Return the value of which a store keeps this. Raises ValueError or TypeError if there is none."""
        return plain


@dataclass(frozen=True, slots=True)
class Text(Rule):
    """A string without control characters. Its length is counted in code points, after trimming if it is trimmed.

    `pattern` is what the whole string has to match, and `message` says so in words.
    """

    minimum: int
    maximum: int
    trim: bool = False
    pattern: re.Pattern[str] | None = None
    message: str = ""
    example: str = "an example"

    def check(self, value: object) -> str:
        if value is MISSING:
            raise ValueError("is required")
        if not isinstance(value, str):
            raise ValueError("must be a string")
        if FORBIDDEN.search(value):
            raise ValueError("must not contain control characters")
        result = value.strip() if self.trim else value
        if not self.minimum <= len(result) <= self.maximum:
            raise ValueError(f"must have {self.minimum} to {self.maximum} characters")
        if self.pattern and not self.pattern.fullmatch(result):
            raise ValueError(self.message)
        return result


@dataclass(frozen=True, slots=True)
class WholeNumber(Rule):
    """An integer as JSON Schema defines it: `2.0` is one, `true` and `"2"` are not."""

    plain: ClassVar = int

    minimum: int
    maximum: int
    example: int = 1

    def check(self, value: object) -> int:
        if value is MISSING:
            raise ValueError("is required")
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise ValueError("must be a whole number")
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"must be between {self.minimum} and {self.maximum:,}")
        return int(value)


@dataclass(frozen=True, slots=True)
class Choice(Rule):
    """One of the members of an enumeration, by its value."""

    converts: ClassVar = True

    options: type[StrEnum]

    def check(self, value: object) -> StrEnum:
        if value is MISSING:
            raise ValueError("is required")
        for option in self.options:
            if value == option:
                return option
        raise ValueError(f"must be one of: {', '.join(self.options)}")

    def to_plain(self, value: StrEnum) -> str:
        return value.value

    def from_plain(self, plain: str) -> StrEnum:
        return self.options(plain)


class Generated(Rule):
    """A value that only the service makes: what a caller sends for it is ignored."""

    def check(self, value: object) -> Any:
        """Return the value: no caller can give it."""
        return value


@dataclass(frozen=True, slots=True)
class GeneratedId(Generated):
    """A UUIDv7 as a lower-case string."""


@dataclass(frozen=True, slots=True)
class Moment(Generated):
    """When the entity was created: UTC, in whole milliseconds. Stores keep the milliseconds since 1970."""

    plain: ClassVar = int
    converts: ClassVar = True

    def to_plain(self, value: datetime) -> int:
        return to_epoch(value)

    def from_plain(self, plain: int) -> datetime:
        return from_epoch(plain)


REFERENCE_TEXT = Text(1, ID_MAXIMUM)
"""The id of another entity: any string that could be one. Only the store knows whether there is such an entity."""
