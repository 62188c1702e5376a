"""The Lambda handler. The container and the application open once, in INIT, on the one event loop that is kept."""

import gc

gc.disable()  # what INIT makes stays: looking for garbage in it finds next to none, and is 5% of a cold start

from containers.entrypoints.bytecode import use_bytecode

use_bytecode()

import containers.entrypoints.lean  # noqa: F401  # isort: skip  # before the imports that it avoids

import contextlib
import os
import random
import signal
from typing import Any

import structlog
import uuid_utils

from containers.entrypoints.invocations import Lifespan, handler_of
from containers.entrypoints.logs import configure_logs
from containers.runtimes import container_for

logger = structlog.get_logger("shapeshift.lambda")


def _shut_down(*_: object) -> None:
    with contextlib.suppress(Exception):
        lifespan.close()
        logger.info("lambda stopped")
    os._exit(0)  # the runtime's own thread would keep the process


async def _close_connections() -> None:
    for repository in container.application.repositories().values():
        await repository.close()


def _reseed() -> None:
    """Seed the generators again. The copies of a snapshot would otherwise generate the same ids."""
    random.seed()
    uuid_utils.reseed_rng()


def _prepare_snapshots() -> None:
    try:
        from snapshot_restore_py import register_after_restore, register_before_snapshot  # noqa: PLC0415  # AWS's own
    except ImportError:
        return
    # Connections do not outlive a snapshot; later calls open new ones.
    register_before_snapshot(lambda: lifespan.run(_close_connections()))
    register_after_restore(_reseed)


container: Any = container_for(os.environ, default="lambda")
configure_logs(container.settings().log_level)
lifespan = Lifespan(container.app())
signal.signal(signal.SIGTERM, _shut_down)
_prepare_snapshots()
handler = handler_of(container.app())
gc.freeze()  # nor does a later look for garbage begin with it
gc.enable()
