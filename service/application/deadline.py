"""When the request under way must be answered, for all code that waits on its behalf.

The HTTP layer begins a deadline for each request; adapters cut every wait to what is left of it. Work that belongs to
no request (start-up, a migration) has no deadline.
"""

import asyncio
from contextvars import ContextVar
from typing import Final

STORE_SECONDS: Final = 1.5
"""How long one call of a store may take: less than a request may, so that the log says what was waited for."""


class Deadline:
    """The time at which a request must be answered, on the clock of its event loop."""

    __slots__ = ("at", "waits_for")

    def __init__(self, seconds: float) -> None:
        self.at = asyncio.get_running_loop().time() + seconds
        self.waits_for = ""
        """What the request waits for, such as `dynamodb GetItem`; empty while it waits for nobody. For the log."""

    def move(self, seconds: float) -> None:
        """Set the deadline to that many seconds from now."""
        self.at = asyncio.get_running_loop().time() + seconds


_CURRENT: Final[ContextVar[Deadline | None]] = ContextVar("deadline", default=None)


def begin_deadline(seconds: float) -> Deadline:
    """Start the deadline of the request that this task serves."""
    deadline = Deadline(seconds)
    _CURRENT.set(deadline)
    return deadline


def seconds_left(at_most: float) -> float:
    """The seconds until the deadline of the request under way, never more than `at_most` and never negative."""
    deadline = _CURRENT.get()
    if deadline is None:
        return at_most
    return max(0.0, min(at_most, deadline.at - asyncio.get_running_loop().time()))


def waiting_for(what: str) -> None:
    """Note what the request under way waits for: a store and its operation, or a queue. Empty: for nobody."""
    deadline = _CURRENT.get()
    if deadline is not None:
        deadline.waits_for = what


def awaited() -> str:
    """What the request under way waits for, as `waiting_for` noted it."""
    deadline = _CURRENT.get()
    return "" if deadline is None else deadline.waits_for
