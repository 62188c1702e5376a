"""`shapeshift serve`: uvicorn, started only when the configuration has been found to work."""

import math
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import uvicorn
from dependency_injector.containers import DynamicContainer

import containers
import service
from containers.entrypoints.asgi import build
from containers.entrypoints.logs import configure_logs
from containers.settings import ConfigurationError, SettingProblem, Settings, read_values
from containers.stores.slots import WORKER
from service.adapters.config.environment import EnvironmentConfig

FACTORY: Final = "containers.entrypoints.asgi:create_app"
# Longer than the idle time of a load balancer (60 s for an ALB): it must never send into a connection that we close.
KEEP_ALIVE_SECONDS: Final = 75
HIGHEST_PORT: Final = 65535
OPTIONS: Final[dict[str, Any]] = {
    "access_log": False,  # the application writes its own
    "log_config": None,
    "proxy_headers": False,
    "server_header": False,
    "ws": "none",
    "lifespan": "on",
    "timeout_keep_alive": KEEP_ALIVE_SECONDS,
}
"""How uvicorn is set up wherever it runs."""


def serve(
    container: DynamicContainer,
    environ: Mapping[str, str],
    *,
    host: str | None,
    port: int | None,
    workers: int,
    reload: bool,
) -> None:
    """Check everything, then listen.

    Raises `ConfigurationError` with all that is wrong, or `SettingUnusable` for `HOST` and `PORT`, before the port is
    opened.
    """
    variables = EnvironmentConfig(environ)
    address = host or variables.get("host") or container.host(), _port(port, variables)
    settings = _checked(container, address, workers)
    # A server that stopped as asked has succeeded: uvicorn raises the signal anew when it is done.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    options = {
        **OPTIONS,
        "host": address[0],
        "port": address[1],
        "timeout_graceful_shutdown": math.ceil(settings.shutdown_seconds),
    }
    if workers == 1 and not reload:
        uvicorn.run(build(container), **options)
        return
    configure_logs(settings.log_level)
    container.app()  # so that what can fail fails here, and a laptop's tables are there before the first worker is
    os.environ[WORKER] = "1"
    watched = [str(Path(package.__file__ or ".").parent) for package in (service, containers)]
    uvicorn.run(
        FACTORY, factory=True, workers=workers, reload=reload, reload_dirs=watched if reload else None, **options
    )


def _port(given: int | None, variables: EnvironmentConfig) -> int:
    """The port of the command line or of the environment; -1 for what is no port."""
    if given is not None:
        return given
    port = variables.get("port") or "8000"
    return int(port) if port.isascii() and port.isdecimal() and len(port) <= len(str(HIGHEST_PORT)) else -1


def _checked(container: DynamicContainer, address: tuple[str, int], workers: int) -> Settings:
    problems: list[SettingProblem] = []
    try:
        settings: Settings | None = container.settings()
    except ConfigurationError as error:
        settings, problems = None, [*error.problems]
    config = container.config()
    store = settings.store if settings else read_values(config, ["store"])[0].get("store")
    if store == "memory" and workers > 1:
        message = f"memory cannot be shared by {workers} workers; use one worker, or another store"
        problems.append(SettingProblem("store", message, config.places("store")))
    problems += _problems_of_address(*address)
    if settings is None or problems:
        raise ConfigurationError(problems)
    return settings


def _problems_of_address(host: str, port: int) -> Iterator[SettingProblem]:
    places = ["option --port", "environment variable PORT"]
    if not 0 <= port <= HIGHEST_PORT:
        yield SettingProblem("port", f"must be a number up to {HIGHEST_PORT}", places)
        return
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()  # opened for good by the server
    except OSError as error:
        yield SettingProblem("port", f"cannot listen on {host} port {port}: {error.strerror}", places)
