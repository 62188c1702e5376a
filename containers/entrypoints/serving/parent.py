"""A worker does not outlive the process that started it."""

import asyncio
import signal
from multiprocessing import parent_process

import structlog

logger = structlog.get_logger("shapeshift.server")


def stop_with_parent() -> None:
    """A start-up hook: from then on the end of the parent process, however it came about, is a SIGTERM for this one.

    In a process that is nobody's worker, nothing is watched.
    """
    parent = parent_process()
    if parent is None:
        return
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.remove_reader(parent.sentinel)
        logger.warning("parent process has ended", parent=parent.pid)
        signal.raise_signal(signal.SIGTERM)

    loop.add_reader(parent.sentinel, stop)
