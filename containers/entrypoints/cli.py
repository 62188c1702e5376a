"""The command line: `shapeshift serve`, `shapeshift migrate`, `shapeshift config`."""

import containers.entrypoints.lean  # noqa: F401  # before the imports that it avoids

# isort: split
import os
import sys

import click
from dependency_injector.containers import DynamicContainer
from dependency_injector.errors import Error as ContainerError

from containers.entrypoints import server
from containers.entrypoints.settings_table import shown_settings
from containers.runtimes import UnknownRuntime, container_for
from containers.settings import ConfigurationError
from service import NAME, __version__
from service.application.ports import ConfigUnavailable

_PROBLEMS = (ConfigurationError, ConfigUnavailable, UnknownRuntime, ContainerError)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=NAME)
def commands() -> None:
    """One service, the same on AWS Lambda, ECS, EKS and a laptop.

    The environment variable RUNTIME chooses which of them this is. Without it the platform is recognised by its own
    variables; a laptop is the default, except in the service's image and on platforms that are known and not
    supported. `shapeshift config` shows every setting and where it comes from.
    """


@commands.command()
@click.option(
    "--host", help="Address to listen on. Default: HOST, else 127.0.0.1 on a laptop and :: (IPv6 and IPv4) elsewhere."
)
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on. Default: PORT, else 8000.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that serve.")
@click.option("--reload", is_flag=True, help="Restart when the code changes. For development, one process.")
def serve(host: str | None, port: int | None, workers: int, reload: bool) -> None:
    """Serve the API until a signal stops it.

    On SIGTERM the process is unready for drain_seconds while it goes on serving; then it stops listening, finishes
    the requests under way within shutdown_seconds, and exits with status 0.
    """
    if reload and workers > 1:
        raise click.UsageError("--reload serves with one worker.")
    container = container_for(os.environ)
    server.serve(container, os.environ, host=host, port=port, workers=workers, reload=reload)


@commands.command()
def migrate() -> None:
    """Bring the store's tables up to date. Safe to run twice, and at the same time from two places."""
    click.echo(container_for(os.environ).migrate())


@commands.command()
def config() -> None:
    """Show every setting, its value (secrets masked), and where it comes from.

    Exits with status 1, after the table, if this configuration cannot work.
    """
    container = container_for(os.environ)
    problem = _problem_of(container)
    table = shown_settings(container.settings_class(), container.config(), problem.problems if problem else ())
    click.echo(f"runtime: {container.runtime()}\n\n{table}")
    if problem:
        raise problem


def _problem_of(container: DynamicContainer) -> ConfigurationError | None:
    try:
        container.settings()
    except ConfigurationError as error:
        return error
    return None


def main() -> None:
    """Run the command line; what a person can correct is one message, not a traceback."""
    try:
        commands()
    except _PROBLEMS as problem:
        click.echo(f"{NAME}: {problem}", err=True)
        sys.exit(1)
