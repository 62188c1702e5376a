"""How many calls of a store may be repeated: repetitions must not add much to the load of a store in trouble."""

from typing import Final

SHARE: Final = 0.1
"""How many repetitions each call allows."""

BURST: Final = 10.0
"""How many repetitions are allowed at once after a time without any."""


class RetryBudget:
    """Repetitions, a share of the calls."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = BURST

    def note_call(self) -> None:
        """Note a call that is no repetition."""
        self._left = min(BURST, self._left + SHARE)

    def take(self) -> bool:
        """Return whether one more call may be repeated."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
