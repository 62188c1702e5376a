"""The application for an ASGI server: `uvicorn --factory containers.entrypoints.asgi:create_app`.

uvicorn's own connections have faults that an application cannot correct (ADR 17). Add
`--http containers.entrypoints.serving.protocol:Connection`, or use `shapeshift serve`.
"""

import containers.entrypoints.lean  # noqa: F401  # before the imports that it avoids

# isort: split
import gc
import os

from dependency_injector.containers import DynamicContainer
from litestar import Litestar

from containers.entrypoints.drain import drain_on_sigterm
from containers.entrypoints.logs import configure_logs
from containers.entrypoints.serving.connection_limit import limit_connections
from containers.entrypoints.serving.offers import end_after_offers
from containers.entrypoints.serving.overload import admit_with
from containers.entrypoints.serving.parent import stop_with_parent
from containers.runtimes import container_for


def create_app() -> Litestar:
    """The application of the runtime that the environment names. Raises `ConfigurationError` or `UnknownRuntime`."""
    return build(container_for(os.environ))


def build(container: DynamicContainer) -> Litestar:
    """The container's application, with its logs configured and its graceful stop prepared."""
    settings = container.settings()
    configure_logs(settings.log_level)
    limit_connections(settings.connections_max)
    app: Litestar = container.app()
    readiness = container.readiness()
    admit_with(container.admission(), lambda: readiness.draining)
    app.asgi_handler = end_after_offers(app.asgi_handler)
    app.on_startup += [drain_on_sigterm(readiness, settings.drain_seconds), stop_with_parent, freeze_heap]
    return app


def freeze_heap() -> None:
    """A start-up hook: what the start made stays, and no later search for garbage looks at it.

    A full search took 50 to 80 ms, once a second under load, and all requests waited for it.
    """
    gc.collect()
    gc.freeze()
