"""The Lambda handler in the tests' own process: as quick as a function call, and its errors are the test's."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from containers.entrypoints.invocations import Handler, Lifespan, handler_of
from containers.local import LocalContainer

ENVIRON = {"STORE": "memory", "CURSOR_SECRET": "the secret of the tests of events"}


@contextmanager
def a_handler(**environ: str) -> Iterator[Handler]:
    """A handler over an application of its own, with that environment, which is open until the block ends."""
    app: Any = LocalContainer(environ={**ENVIRON, **environ}).app()
    lifespan = Lifespan(app)
    try:
        yield handler_of(app)
    finally:
        lifespan.close()
        asyncio.set_event_loop(None)
