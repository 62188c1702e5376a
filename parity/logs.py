"""What the access log says of each call, taken from the log of this process instead of being printed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

import structlog
from structlog.typing import EventDict

PATIENCE_SECONDS = 2.0


class AccessLog:
    """The lines that have been logged and not been read."""

    def __init__(self) -> None:
        self._lines: SimpleQueue[Mapping[str, Any]] = SimpleQueue()

    def line(self) -> Mapping[str, Any] | None:
        """The next line without its duration; None for a request that never reached the application."""
        try:
            line = self._lines.get(timeout=PATIENCE_SECONDS)  # a server answers a little before the line is written
        except Empty:
            return None
        return {name: value for name, value in line.items() if name not in {"ms", "event"}}

    def take(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        """Keep an event of the access log; let none of any log go further."""
        if event.get("event") == "request":
            self._lines.put(event)
        raise structlog.DropEvent


@contextmanager
def access_log() -> Iterator[AccessLog]:
    """What this process logs while the block runs goes nowhere but there."""
    log, before = AccessLog(), structlog.get_config()
    structlog.configure(
        processors=[log.take],
        wrapper_class=structlog.make_filtering_bound_logger(0),
        cache_logger_on_first_use=False,
    )
    try:
        yield log
    finally:
        structlog.configure(**before)
