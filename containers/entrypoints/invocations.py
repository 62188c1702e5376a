"""What answers Lambda's invocations, with no effects on import: an application kept open, and Mangum in front of it."""

import asyncio
import concurrent.futures
from collections.abc import Callable
from typing import Any, cast

from litestar import Litestar
from mangum import Mangum

from containers.entrypoints.events import HttpEvent
from containers.entrypoints.events.refusals import refuse
from containers.entrypoints.events.sources import source_of

Handler = Callable[[Any, Any], dict[str, Any]]


Opened = asyncio.Future[None] | concurrent.futures.Future[None]


async def keep_open(app: Litestar, opened: Opened, ending: asyncio.Event) -> None:
    """Enter an application's lifespan, say so (or what it failed with) by `opened`, and leave it when it is to end."""
    try:
        async with app.lifespan():
            opened.set_result(None)
            await ending.wait()
    except BaseException as error:
        if opened.done():
            raise
        opened.set_exception(error)


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
        self._task = self._loop.create_task(keep_open(app, started, self._ending))
        self._loop.run_until_complete(started)

    def run(self, work: Any) -> None:
        """Run a coroutine to its end, between invocations."""
        self._loop.run_until_complete(work)

    def close(self) -> None:
        """Leave the lifespan, unless a request is under way: then the process is to end in the middle of it."""
        if not self._loop.is_running():
            self._ending.set()
            self._loop.run_until_complete(asyncio.wait_for(self._task, 0.3))
            self._loop.close()


class _Adapter(Mangum):
    """Mangum for events that have been read already, and so need not be recognised again."""

    def infer(self, event: Any, context: Any) -> Any:  # noqa: ARG002  # Mangum's signature
        """The event, which handles itself."""
        return event


def handler_of(app: Litestar, http_event: type[HttpEvent] = HttpEvent) -> Handler:
    """The handler that answers with an open application; `http_event` reads the events and writes the answers."""
    adapter = _Adapter(cast(Any, app), lifespan="off")

    def handler(event: Any, context: Any) -> dict[str, Any]:
        """Answer an HTTP event from an ALB, VPC Lattice, API Gateway (v1, v2) or a function URL; refuse any other."""
        source = source_of(event)
        return adapter(cast(Any, http_event(event, context, source)), context) if source else refuse(event)

    return handler
