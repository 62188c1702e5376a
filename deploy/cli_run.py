"""What the commands of the command line share: output, the parts of a run, its lock, and the question before it."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console

from deploy.aws import Aws
from deploy.environment import Environment
from deploy.errors import DeployError
from deploy.options import Options
from deploy.run import Run

console = Console(soft_wrap=True, highlight=False, markup=False)


def say(text: str) -> None:
    """Print a line."""
    console.print(text)


def new_run(chosen: dict[str, Any], options: Options | None = None) -> Run:
    """Print the account and the region, and create the parts of the command."""
    aws = Aws(chosen["profile"], chosen["region"])
    if not aws.region:
        raise DeployError("No region is chosen.", "Give --region, or set AWS_REGION.")
    identity = aws.identity()
    say(f"Account {identity.account}, region {aws.region}, as {identity.arn}")
    return Run.of(aws, Environment(chosen["app"], chosen["environment"]), options or Options(), say)


@contextmanager
def locked(run: Run) -> Iterator[None]:
    """Hold the environment's lock until the block ends, also if the process is asked to terminate."""
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        with run.lock.hold(run.aws.identity().arn, click.get_current_context().info_name or ""):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def confirmation(*, yes: bool) -> Callable[[], None]:
    """Return what asks whether to continue, unless `yes`."""

    def confirm() -> None:
        if not yes:
            click.confirm("Continue?", abort=True)

    return confirm
