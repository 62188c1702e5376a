"""How often something is tried again: as long as something is left of the request's deadline."""

import asyncio
import random
from time import monotonic
from typing import Final

from service.adapters.dynamodb.failures import CallFailed
from service.application.deadline import seconds_left
from service.domain.errors import StoreUnavailable

PATIENCE_SECONDS: Final = 1.5
"""For all attempts of one operation together, where the request's deadline does not end it before."""

_FIRST_PAUSE_SECONDS: Final = 0.01
_LONGEST_PAUSE_SECONDS: Final = 0.2


class Retries:
    """The time that the attempts of one operation share, and the growing, random pauses between them."""

    def __init__(self) -> None:
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
        wait = random.uniform(0, self._pause)  # noqa: S311  # jitter, not a secret
        if monotonic() + wait >= self._give_up:
            raise StoreUnavailable from failure
        self._failure = failure
        await asyncio.sleep(wait)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
