"""How often something is tried again: as long as something is left of the request's deadline."""

import asyncio
import random
from time import monotonic
from typing import Final

from service.adapters.dynamodb.failures import CallFailed
from service.adapters.retry_budget import RetryBudget
from service.application.deadline import seconds_left
from service.domain.errors import StoreUnavailable

PATIENCE_SECONDS: Final = 1.5
"""For all attempts of one operation together, where the request's deadline does not end it before."""

_FIRST_PAUSE_SECONDS: Final = 0.01
_LONGEST_PAUSE_SECONDS: Final = 0.2
_LEFT_UNDER_OVERLOAD_SECONDS: Final = 0.5
"""With less than this left, a call that DynamoDB refused for its load is not repeated."""


class Retries:
    """The time that the attempts of one operation share, and the growing, random pauses between them."""

    def __init__(self, budget: RetryBudget | None = None) -> None:
        """`budget` limits the repetitions of failed calls, and not those of calls that only met others."""
        self._budget = budget
        self._give_up = monotonic() + seconds_left(PATIENCE_SECONDS)
        self._pause = _FIRST_PAUSE_SECONDS
        self._failure: Exception = CallFailed("nothing was left of the deadline")

    def seconds_left(self) -> float:
        """What the next attempt may take. Raises `StoreUnavailable`, caused by the last failure, if nothing is left."""
        seconds = self._give_up - monotonic()
        if seconds <= 0:
            raise StoreUnavailable from self._failure
        return seconds

    async def pause(self, failure: Exception) -> None:
        """Wait before the next attempt. Raises `StoreUnavailable`, caused by the failure, if it would be too late."""
        if isinstance(failure, CallFailed) and not self._may_repeat(failure):
            raise StoreUnavailable from failure
        wait = random.uniform(0, self._pause)  # noqa: S311  # jitter, not a secret
        if monotonic() + wait >= self._give_up:
            raise StoreUnavailable from failure
        self._failure = failure
        await asyncio.sleep(wait)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)

    def _may_repeat(self, failure: CallFailed) -> bool:
        if failure.is_overload and self._give_up - monotonic() < _LEFT_UNDER_OVERLOAD_SECONDS:
            return False
        return failure.is_conflict or self._budget is None or self._budget.take()
