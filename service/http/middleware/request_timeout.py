"""A time limit that can be moved at almost no cost."""

import asyncio
from typing import Any, ClassVar, cast


class _Clock:
    """The active timeouts of an event loop, and one timer for all of them.

    A timer for each request would be put into asyncio's heap and removed again, which costs a tenth of a request. This
    one fires at most as often as a timeout could expire, checks all that are active, and waits for the next.
    """

    __slots__ = ("loop", "timeouts", "timer")

    latest: ClassVar["_Clock | None"] = None

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.timeouts: set[RequestTimeout] = set()
        self.timer: asyncio.TimerHandle | None = None

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> "_Clock":
        """Return the loop's clock. Where several loops run in turn, a loop may have more than one."""
        clock = cls.latest
        if clock is None or clock.loop is not loop:
            clock = cls.latest = cls(loop)
        return clock

    def wait_until(self, due: float) -> None:
        """Fire at that time, or earlier."""
        if self.timer is not None:
            if self.timer.when() <= due:
                return
            self.timer.cancel()
        self.timer = self.loop.call_at(due, self._check)

    def _check(self) -> None:
        self.timer = None
        now = self.loop.time()
        for timeout in [each for each in self.timeouts if each.due <= now]:
            timeout.expire()
        if self.timeouts:
            self.wait_until(min(timeout.due for timeout in self.timeouts))


class RequestTimeout:
    """Cancels the task that created it when the time is over."""

    __slots__ = ("_before", "_clock", "_expired", "_task", "due")

    def __init__(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._clock = _Clock.of(loop)
        self._task = cast(asyncio.Task[Any], asyncio.current_task(loop))
        self._before = self._task.cancelling()
        self._expired = False
        self.due = loop.time() + seconds
        self._clock.timeouts.add(self)
        self._clock.wait_until(self.due)

    def set(self, seconds: float) -> None:
        """Expire in so many seconds from now instead. A timeout that was stopped stays so."""
        self.due = self._clock.loop.time() + seconds
        if self in self._clock.timeouts:
            self._clock.wait_until(self.due)

    def stop(self) -> None:
        """Do not expire any more. A cancellation that it caused and that was not delivered yet is withdrawn."""
        self._clock.timeouts.discard(self)
        self._withdraw()

    def caused_cancellation(self) -> bool:
        """Return whether this timeout alone caused a `CancelledError` that was raised; then the task continues."""
        return self._expired and self._withdraw() <= self._before

    def expire(self) -> None:
        """Cancel the task."""
        self._clock.timeouts.discard(self)
        self._expired = True
        self._task.cancel()

    def _withdraw(self) -> int:
        if not self._expired:
            return self._task.cancelling()
        self._expired = False
        return self._task.uncancel()
