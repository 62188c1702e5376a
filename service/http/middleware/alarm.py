"""A time limit that can be moved at almost no cost."""

import asyncio
from typing import Any, ClassVar, cast


class _Clock:
    """The alarms of an event loop that are set, and one timer for all of them.

    A timer for each request is put into asyncio's heap and taken out again, which costs a tenth of a request. This one
    goes off at most as often as an alarm might, looks at all that are set, and waits for the next.
    """

    __slots__ = ("alarms", "loop", "timer")

    latest: ClassVar["_Clock | None"] = None

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.alarms: set[Alarm] = set()
        self.timer: asyncio.TimerHandle | None = None

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> "_Clock":
        """The loop's clock. Where loops take turns, one may have several."""
        clock = cls.latest
        if clock is None or clock.loop is not loop:
            clock = cls.latest = cls(loop)
        return clock

    def wait_until(self, due: float) -> None:
        """Go off then, or before."""
        if self.timer is not None:
            if self.timer.when() <= due:
                return
            self.timer.cancel()
        self.timer = self.loop.call_at(due, self._look)

    def _look(self) -> None:
        self.timer = None
        now = self.loop.time()
        for alarm in [each for each in self.alarms if each.due <= now]:
            alarm.ring()
        if self.alarms:
            self.wait_until(min(alarm.due for alarm in self.alarms))


class Alarm:
    """Cancels the task that it was made in when its time is up."""

    __slots__ = ("_before", "_clock", "_rang", "_task", "due")

    def __init__(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._clock = _Clock.of(loop)
        self._task = cast(asyncio.Task[Any], asyncio.current_task(loop))
        self._before = self._task.cancelling()
        self._rang = False
        self.due = loop.time() + seconds
        self._clock.alarms.add(self)
        self._clock.wait_until(self.due)

    def set(self, seconds: float) -> None:
        """Go off in so many seconds from now, instead of when it would have. Once stopped, it stays so."""
        self.due = self._clock.loop.time() + seconds
        if self in self._clock.alarms:
            self._clock.wait_until(self.due)

    def stop(self) -> None:
        """Do not go off any more; a cancellation of its that nobody has taken up is taken back."""
        self._clock.alarms.discard(self)
        self._take_back()

    def caused_cancellation(self) -> bool:
        """Whether a `CancelledError` that has come out is its doing, and nobody else's; then the task goes on."""
        return self._rang and self._take_back() <= self._before

    def ring(self) -> None:
        """Cancel the task."""
        self._clock.alarms.discard(self)
        self._rang = True
        self._task.cancel()

    def _take_back(self) -> int:
        if not self._rang:
            return self._task.cancelling()
        self._rang = False
        return self._task.uncancel()
