"""The application for an ASGI server: `uvicorn --factory containers.entrypoints.asgi:create_app`."""

import os

from dependency_injector.containers import DynamicContainer
from litestar import Litestar

from containers.entrypoints.drain import drain_on_sigterm
from containers.entrypoints.logs import configure_logs
from containers.runtimes import container_for


def create_app() -> Litestar:
    """The application of the runtime that the environment names. Raises `ConfigurationError` or `UnknownRuntime`."""
    return build(container_for(os.environ))


def build(container: DynamicContainer) -> Litestar:
    """The container's application, with its logs configured and its graceful stop prepared."""
    settings = container.settings()
    configure_logs(settings.log_level)
    app: Litestar = container.app()
    app.on_startup.append(drain_on_sigterm(container.readiness(), settings.drain_seconds))
    return app
