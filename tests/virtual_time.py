"""Stories whose waiting takes no time, so that limits of seconds can be told apart exactly."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Skipping(selectors.SelectSelector):
    """Adds up the waiting that it was asked for, instead of waiting."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(timeout if timeout is None else 0)
        if timeout and timeout > 0 and not found:
            self.passed += timeout
        return found


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.passed


def run_at_once(story: Coroutine[Any, Any, T]) -> T:
    """Run a story that waits for nothing but time: the event loop's clock, which begins at 0, passes over each wait."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(story)


def now() -> float:
    """The seconds that have passed in the story."""
    return asyncio.get_running_loop().time()
