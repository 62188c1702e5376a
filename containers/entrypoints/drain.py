"""A graceful stop: on SIGTERM the process first shows its load balancer that it is no longer ready."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType

import structlog

from service.application.health import CheckReadiness

logger = structlog.get_logger("shapeshift.drain")


def drain_on_sigterm(readiness: CheckReadiness, seconds: float) -> Callable[[], None]:
    """A start-up hook: from then on SIGTERM makes the process unready, and reaches the server `seconds` later.

    A second SIGTERM reaches the server at once. Needs a server that has a handler of its own, as uvicorn does.
    """

    def install() -> None:
        stop = signal.getsignal(signal.SIGTERM)
        if not callable(stop) or threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()

        def drain(signum: int, frame: FrameType | None) -> None:
            if readiness.draining or not seconds:
                stop(signum, frame)
                return
            readiness.draining = True
            loop.call_soon_threadsafe(logger.info, "draining")
            loop.call_soon_threadsafe(loop.call_later, seconds, stop, signum, None)

        signal.signal(signal.SIGTERM, drain)

    return install
