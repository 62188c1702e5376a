"""Choices that depend on a seed alone.

Hypothesis's own provider sometimes draws a constant that it found in the modules that are loaded
(`hypothesis.internal.conjecture.providers`), so its choices depend on what was imported before.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random
from typing import Any, Final

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, COLLECTION_DEFAULT_MAX_SIZE, PrimitiveProvider
from hypothesis.internal.intervalsets import IntervalSet

_SIMPLE_CHARACTERS: Final = 128
"""So many characters of an alphabet, in Hypothesis's order of simplicity, are drawn most of the time."""
_LONG: Final = 30
_BITS_OF_UNBOUNDED_NUMBERS: Final = 64


class _SeededChoices(PrimitiveProvider):
    """Draws every choice of a run from one generator; see Hypothesis, "Alternative backends"."""

    lifetime = "test_function"
    number: int

    def __init__(self, conjecturedata: Any, /) -> None:
        super().__init__(conjecturedata)
        self._random = Random(self.number)  # noqa: S311  # reproducible, not secret

    def draw_boolean(self, p: float = 0.5) -> bool:
        return self._random.random() < p

    def draw_integer(
        self,
        min_value: int | None = None,
        max_value: int | None = None,
        *,
        weights: Mapping[int, float] | None = None,  # noqa: ARG002  # only a hint
        shrink_towards: int = 0,
    ) -> int:
        span = 1 << _BITS_OF_UNBOUNDED_NUMBERS
        least = min_value if min_value is not None else min(shrink_towards, max_value or 0) - span
        most = max_value if max_value is not None else max(shrink_towards, least) + span
        return self._random.randint(least, most)

    def draw_float(self, **_: Any) -> float:
        raise NotImplementedError("The corpus has no fractions.")

    def draw_string(
        self, intervals: IntervalSet, *, min_size: int = 0, max_size: int = COLLECTION_DEFAULT_MAX_SIZE
    ) -> str:
        simple = min(_SIMPLE_CHARACTERS, len(intervals))
        alphabets = (simple, simple, simple, simple, len(intervals))
        positions = (self._random.randrange(self._random.choice(alphabets)) for _ in self._size(min_size, max_size))
        return "".join(map(intervals.char_in_shrink_order, positions))

    def draw_bytes(self, min_size: int = 0, max_size: int = COLLECTION_DEFAULT_MAX_SIZE) -> bytes:
        return self._random.randbytes(len(self._size(min_size, max_size)))

    def _size(self, least: int, most: int) -> range:
        """Mostly short, and once in eight times anything that is allowed."""
        longest = most if not self._random.randrange(8) else min(most, least + _LONG)
        return range(self._random.randint(least, max(least, min(longest, least + 10 * _LONG))))


@contextmanager
def seeded_choices(number: int) -> Iterator[str]:
    """The name of a Hypothesis backend whose choices depend on the number alone, for as long as the block runs."""
    name = f"seeded-{number}"
    AVAILABLE_PROVIDERS[name] = type("SeededChoices", (_SeededChoices,), {"number": number})
    try:
        yield name
    finally:
        del AVAILABLE_PROVIDERS[name]
