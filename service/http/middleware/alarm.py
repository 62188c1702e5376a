"""A time limit that can be moved at almost no cost."""

import asyncio
from typing import Any, cast


class Alarm:
    """Cancels the task that it was made in when its time is up.

    `asyncio.timeout` makes a new timer whenever it is moved, four times for a body and its answer. This one lets its
    timer go off too early, and wait on.
    """

    __slots__ = ("_before", "_due", "_loop", "_rang", "_task", "_timer")

    def __init__(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = cast(asyncio.Task[Any], asyncio.current_task())
        self._before = self._task.cancelling()
        self._rang = False
        self._due = self._loop.time() + seconds
        self._timer = self._loop.call_at(self._due, self._ring)

    def set(self, seconds: float) -> None:
        """Go off in so many seconds from now, instead of when it would have. Once stopped, it stays so."""
        self._due = self._loop.time() + seconds
        if self._due < self._timer.when() and not self._timer.cancelled():
            self._timer.cancel()
            self._timer = self._loop.call_at(self._due, self._ring)

    def stop(self) -> None:
        """Do not go off any more; a cancellation of its that nobody has taken up is taken back."""
        self._timer.cancel()
        self._take_back()

    def caused_cancellation(self) -> bool:
        """Whether a `CancelledError` that has come out is its doing, and nobody else's; then the task goes on."""
        return self._rang and self._take_back() <= self._before

    def _take_back(self) -> int:
        if not self._rang:
            return self._task.cancelling()
        self._rang = False
        return self._task.uncancel()

    def _ring(self) -> None:
        if self._loop.time() < self._due:
            self._timer = self._loop.call_at(self._due, self._ring)
        else:
            self._rang = True
            self._task.cancel()
