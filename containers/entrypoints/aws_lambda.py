"""The Lambda handler. The container and the application open once, in INIT, on the one event loop that is kept."""

import asyncio
import contextlib
import os
import random
import signal
from typing import Any

import structlog
import uuid_utils
from litestar import Litestar
from mangum import Mangum

from containers.entrypoints.events import HttpEvent
from containers.entrypoints.logs import configure_logs
from containers.runtimes import container_for

logger = structlog.get_logger("shapeshift.lambda")


class Lifespan:
    """Keeps an application open between invocations.

    One task enters and leaves its lifespan, as the cancel scopes inside it demand.
    """

    def __init__(self, app: Litestar) -> None:
        """Raises what the application raises when it starts, so that a failing INIT fails."""
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._ending = asyncio.Event()
        started = self._loop.create_future()
        self._task = self._loop.create_task(self._live(app, started))
        self._loop.run_until_complete(started)

    def run(self, work: Any) -> None:
        """Run a coroutine to its end, between invocations."""
        self._loop.run_until_complete(work)

    def close(self) -> None:
        """Leave the lifespan, unless a request is under way: then the process is to end in the middle of it."""
        if not self._loop.is_running():
            self._ending.set()
            self._loop.run_until_complete(asyncio.wait_for(self._task, 0.3))

    async def _live(self, app: Litestar, started: asyncio.Future[None]) -> None:
        try:
            async with app.lifespan():
                started.set_result(None)
                await self._ending.wait()
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)


def _end(*_: object) -> None:
    with contextlib.suppress(Exception):
        lifespan.close()
        logger.info("lambda stopped")
    os._exit(0)  # the runtime's own thread would keep the process


async def _let_go() -> None:
    await container.user_repository().close()
    await container.order_repository().close()


def _begin_anew() -> None:
    """What a snapshot must not share with its copies: they would draw the same ids."""
    random.seed()
    uuid_utils.reseed_rng()


def _prepare_snapshots() -> None:
    try:
        from snapshot_restore_py import register_after_restore, register_before_snapshot  # noqa: PLC0415  # AWS's own
    except ImportError:
        return
    # Connections do not outlive a snapshot; later calls open new ones.
    register_before_snapshot(lambda: lifespan.run(_let_go()))
    register_after_restore(_begin_anew)


container: Any = container_for({"RUNTIME": "lambda", **os.environ})
configure_logs(container.settings().log_level)
lifespan = Lifespan(container.app())
signal.signal(signal.SIGTERM, _end)
_prepare_snapshots()
_mangum = Mangum(container.app(), lifespan="off", custom_handlers=[HttpEvent])


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer an HTTP event from an ALB, API Gateway (v1, v2) or a function URL; say so of any other and ignore it."""
    if HttpEvent.infer(event):
        return _mangum(event, context)
    logger.warning(
        "event ignored", reason="not an HTTP event", keys=sorted(event)[:10] if isinstance(event, dict) else []
    )
    return {"ignored": True, "reason": "This function answers HTTP events only."}
