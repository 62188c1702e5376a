"""How many requests a process may have under way (ADR 25)."""

from typing import Final

CONCURRENT: Final = 384
"""So many requests at once are no overload, as long as each is answered within a second: the 256 of the contract's
section 8, and half as many again, since probes and connections that are being closed count as well."""

LEAST: Final = 64
"""So many requests at once are no overload on any store (contract, section 8): an adapted limit is not below it.

If some of them wait for a table that hangs, or for a row that is locked, others are still admitted."""

_AT_FIRST: Final = 128
"""The limit of a process with more connections than `CONCURRENT`, before anything was refused."""
_WINDOW_SECONDS: Final = 0.25
_FEW_SECONDS: Final = 0.9
"""How long an answer may take when there are no more than `CONCURRENT` connections."""
_MANY_SECONDS: Final = 0.1
"""How long an answer should take when there are more, and so requests that are refused.

Less keeps queues shorter, but a store that takes longer than this is never given enough to do."""
_TURN_SECONDS: Final = 0.03
"""How long a turn of the event loop should take then: about so long a refusal waits. The limit falls while it takes
longer, and rises no faster than it takes less."""


class Limit:
    """The limit: fixed, or what was answered lately in the time that an answer may take (Little's law).

    It adapts only while requests are refused, or successes are late. After a moment without either it is what it was at
    the start.
    """

    def __init__(self, fixed: int | None = None, at_once: int = 0) -> None:
        """`at_once`: what the store can always do at once; an adapted limit is not below that."""
        self._fixed = fixed
        self.least = fixed or max(LEAST, at_once)
        """What the limit is never below."""
        self._few, self._many = fixed or CONCURRENT, fixed or _AT_FIRST
        self._rate = 0.0
        self._served = self._turns = 0
        self._strained = False
        self._window_ends = 0.0

    def requests(self, connections: int | None) -> int:
        """Return the limit for a process that has so many connections; None: nobody knows how many."""
        return self._many if connections is not None and connections > CONCURRENT else self._few

    def allows_waiting(self, connections: int | None) -> bool:
        """Whether the limit is one for answers that take nearly a second, which have waited for others."""
        return self._fixed is None and connections is not None and connections <= CONCURRENT

    def note_answer(self, now: float, seconds: float, *, served: bool) -> None:
        """Note the end of a request that was accepted, so long after its arrival; `served`: not by a 5xx."""
        self._served += served
        if served and seconds > _FEW_SECONDS:  # a store that hangs for some requests says nothing about the others
            self._strained = True
        if now >= self._window_ends:
            self._end_window(now)

    def note_refusal(self, now: float) -> None:
        """Note a request that was refused."""
        self._strained = True
        if now >= self._window_ends:
            self._end_window(now)

    def note_turn(self) -> None:
        """Note a turn of the event loop, while requests are refused."""
        self._turns += 1

    def _end_window(self, now: float) -> None:
        seconds = now - self._window_ends + _WINDOW_SECONDS
        if seconds > 2 * _WINDOW_SECONDS:  # there was nothing to do, so that few answers say nothing
            self._strained = False
        if self._fixed is None:
            self._adapt(self._served / seconds, seconds / self._turns if self._turns else 0.0)
        self._served, self._turns, self._strained = 0, 0, False
        self._window_ends = now + _WINDOW_SECONDS

    def _adapt(self, rate: float, turn: float) -> None:
        if not self._strained:
            self._few, self._many = CONCURRENT, _AT_FIRST
            self._rate = 0.0
            return
        self._rate = (self._rate + rate) / 2 if self._rate else rate
        self._few = max(self.least, min(CONCURRENT, int(self._rate * _FEW_SECONDS)))
        change = max(0.5, min(2.0, _TURN_SECONDS / turn)) if turn else 2.0
        self._many = max(self.least, int(min(self._rate * _MANY_SECONDS, self._many * change)))
