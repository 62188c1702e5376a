"""Why requests were answered 503: a line each while they are few, a line a second with counts when they are many."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from time import monotonic
from typing import Any, Final

import structlog

from service.application.deadline import awaited

EACH_SECOND: Final = 5
"""So many causes a second have lines of their own."""

DISTINCT: Final = 20
"""So many different causes are counted in a second; the others are counted together."""

SERVICE_UNAVAILABLE: Final = 503

_LONGEST: Final = 200
_CAUSES: Final = "unavailable"

logger = structlog.get_logger("shapeshift.unavailable")


def note_cause(scope: Mapping[str, Any], cause: str) -> None:
    """Note why a request, or a part of it, cannot be served. It is logged when the request has been answered."""
    causes: list[str] = scope["state"].setdefault(_CAUSES, [])
    if cause not in causes:
        causes.append(cause)


def note_default_cause(scope: Mapping[str, Any], cause: str) -> None:
    """Note why a request cannot be served, unless that has been noted already."""
    scope["state"].setdefault(_CAUSES, [cause])


def causes_of(state: Mapping[str, Any]) -> Iterable[str]:
    """The causes that a request's state has. An answer of 503 has at least one."""
    causes: Iterable[str] = state.get(_CAUSES, ())
    return causes or (("unknown cause",) if state.get("status") == SERVICE_UNAVAILABLE else ())


def while_waiting(cause: str) -> str:
    """The cause, with what the request under way waits for."""
    return f"{cause}, waiting for {awaited() or 'an unknown operation'}"


class CauseLog:
    """Logs the causes of 503s, without a flood of lines.

    The first few in a second are logged one by one. Those that follow in that second are counted, and one line has the
    count of each cause. A timer writes it, which exists only while something is counted. On Lambda the event loop stops
    between requests; there the next request writes it.
    """

    def __init__(self) -> None:
        self._second_ends = float("-inf")
        self._logged = 0
        self._counts: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def write(self, cause: str, request_id: str) -> None:
        """Log the cause of one 503, or count it."""
        cause = cause[:_LONGEST]
        now = monotonic()
        if now >= self._second_ends:
            self.flush()
            self._second_ends, self._logged = now + 1, 0
        if self._logged < EACH_SECOND:
            self._logged += 1
            logger.error("unavailable", cause=cause, request_id=request_id)
            return
        known = cause in self._counts or len(self._counts) < DISTINCT
        self._counts[cause if known else "other causes"] += 1
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._second_ends - now, self.flush)

    def flush(self) -> None:
        """Log what was counted and is not logged yet."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._counts:
            logger.error("503 answers", count=self._counts.total(), causes=dict(self._counts))
            self._counts.clear()
