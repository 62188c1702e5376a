"""Waiting for AWS."""

import time
from collections.abc import Iterator
from typing import Final

_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 4.0
_FACTOR: Final = 1.3


def poll() -> Iterator[None]:
    """Yield each time that AWS is to be asked again: at once, soon at first, then every few seconds."""
    pause = _FIRST_PAUSE_SECONDS
    while True:
        yield None
        time.sleep(pause)
        pause = min(pause * _FACTOR, _LONGEST_PAUSE_SECONDS)
