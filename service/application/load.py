"""How busy this process is, for code that decides how long a request may wait."""

from typing import Final

CALM_SECONDS: Final = 1.0
"""How long a request may wait for a thread or a connection."""

BUSY_SECONDS: Final = 0.3
"""The same while requests are refused so that others are answered soon: the wait of one makes the next late."""


class Load:
    """The load of one process. Admission control notes here whether it refuses requests at the moment."""

    __slots__ = ("refusing",)

    def __init__(self) -> None:
        self.refusing = False

    @property
    def queue_seconds(self) -> float:
        """How long a request may wait for a thread or a connection now."""
        return BUSY_SECONDS if self.refusing else CALM_SECONDS
