"""`shapeshift serve`: uvicorn, started only when the configuration has been found to work."""

import errno
import logging
import math
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import uvicorn
from dependency_injector.containers import DynamicContainer
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import ChangeReload, Multiprocess

import containers
import service
from containers.entrypoints.asgi import build
from containers.entrypoints.logs import configure_logs
from containers.entrypoints.serving.listeners import ACCEPTED_AT_ONCE, Listener, bind
from containers.settings import ConfigurationError, SettingProblem, Settings, read_values
from containers.stores.inputs import WORKER
from service.adapters.config.environment import EnvironmentConfig

FACTORY: Final = "containers.entrypoints.asgi:create_app"
# Longer than the idle time of a load balancer (60 s for an ALB): it must never send into a connection that we close.
KEEP_ALIVE_SECONDS: Final = 75
HIGHEST_PORT: Final = 65535
_OF_HOST: Final = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL}
OPTIONS: Final[dict[str, Any]] = {
    "http": "containers.entrypoints.serving.protocol:Connection",
    "backlog": ACCEPTED_AT_ONCE,
    "access_log": False,  # the application writes its own
    "log_config": None,
    "proxy_headers": False,
    "server_header": False,
    "ws": "none",
    "lifespan": "on",
    "timeout_keep_alive": KEEP_ALIVE_SECONDS,
}
"""How uvicorn is set up wherever it runs."""

logger = logging.getLogger("shapeshift.server")


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
    settings, listeners = _checked(container, address, workers)
    # A server that stopped as asked has succeeded: uvicorn raises the signal again when it is done.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    options = {**OPTIONS, "timeout_graceful_shutdown": math.ceil(settings.shutdown_seconds)}
    if workers == 1 and not reload:
        config = uvicorn.Config(build(container), **options)
    else:
        configure_logs(settings.log_level)
        container.app()  # so that what can fail fails here, and a laptop's tables are there before the first worker is
        os.environ[WORKER] = "1"
        watched = [str(Path(package.__file__ or ".").parent) for package in (service, containers)]
        config = uvicorn.Config(
            FACTORY, factory=True, workers=workers, reload=reload, reload_dirs=watched if reload else None, **options
        )
    for listener in listeners:
        logger.info("Uvicorn running on %s (Press CTRL+C to quit)", listener.url)
    with suppress(KeyboardInterrupt):
        _run(config, listeners)


def _run(config: uvicorn.Config, listeners: Sequence[Listener]) -> None:
    server = uvicorn.Server(config)
    if config.should_reload:
        ChangeReload(config, target=server.run, sockets=[*listeners]).run()
    elif config.workers > 1:
        Multiprocess(config, sockets=[*listeners]).run()
    else:
        server.run(sockets=[*listeners])
        if not server.started:
            sys.exit(STARTUP_FAILURE)


def _port(given: int | None, variables: EnvironmentConfig) -> int:
    """The port of the command line or of the environment; -1 for what is no port."""
    if given is not None:
        return given
    port = variables.get("port") or "8000"
    return int(port) if port.isascii() and port.isdecimal() and len(port) <= len(str(HIGHEST_PORT)) else -1


def _checked(
    container: DynamicContainer, address: tuple[str, int], workers: int
) -> tuple[Settings, Sequence[Listener]]:
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
    listeners = _bound(*address, problems)
    if settings is None or problems:
        for listener in listeners:
            listener.close()
        raise ConfigurationError(problems)
    return settings, listeners


def _bound(host: str, port: int, problems: list[SettingProblem]) -> Sequence[Listener]:
    if not 0 <= port <= HIGHEST_PORT:
        problems.append(_problem("port", f"must be a number up to {HIGHEST_PORT}"))
        return []
    try:
        return bind(host, port)
    except OSError as error:
        is_of_host = isinstance(error, socket.gaierror) or error.errno in _OF_HOST
        message = f"cannot listen on {host} port {port}: {error.strerror}"
        problems.append(_problem("host" if is_of_host else "port", message))
    except UnicodeError:  # a name that IDNA cannot encode, such as `a..b`
        problems.append(_problem("host", f"cannot listen on {host}: this is not the name of a host"))
    return []


def _problem(key: str, message: str) -> SettingProblem:
    return SettingProblem(key, message, [f"option --{key}", f"environment variable {key.upper()}"])
