"""The command line: `python -m deploy`."""

import sys
from typing import Any, Final

import click

from deploy import down as downs
from deploy import plan as plans
from deploy import rollback as rollbacks
from deploy import status as states
from deploy import up as ups
from deploy import urls
from deploy.cli_options import (
    deployment_options,
    environment_options,
    gate_options,
    move_options,
    options_from,
    report_errors,
)
from deploy.cli_run import confirmation, console, locked, new_run, say
from deploy.environment import Environment
from deploy.errors import DeployError
from deploy.template import template_of
from deploy.units import parse

CHANGES: Final = 2
"""The exit status of `plan` if something would change."""
_ERROR_STATUSES: Final = 400


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Deploy the service to Lambda, ECS and EKS, and move it between them over the same data."""


@main.command()
@click.argument("units", nargs=-1)
@deployment_options
@environment_options
@report_errors
def plan(units: tuple[str, ...], **chosen: Any) -> None:
    """Show what `up` would change (+ create, ~ change, ! replace, - delete), and change nothing.

    UNITS are as for `up`; default: what is deployed now. The exit status is 2 if anything would change, and 0 if not.
    """
    sys.exit(CHANGES if plans.plan(new_run(chosen, options_from(chosen)), parse(units)) else 0)


@main.command()
@click.argument("units", nargs=-1, required=True)
@deployment_options
@move_options
@gate_options
@environment_options
@report_errors
def up(units: tuple[str, ...], *, yes: bool, **chosen: Any) -> None:
    """Deploy UNITS, give them the route, and delete the units that had it before.

    A unit is all=COMPUTE, or the part for one entity, such as users=COMPUTE; computes are lambda, ecs and eks.
    The next run continues a run that was interrupted.
    """
    asked = parse(units)
    run = new_run(chosen, options_from(chosen))
    with locked(run):
        say(f"\nDone.\n{ups.up(run, asked, confirmation(yes=yes))}")


@main.command()
@click.option("--to", "number", type=int, metavar="NUMBER", help="A release of `status`. Default: the one before.")
@click.option("--inside-network", is_flag=True, help="This machine reaches the network's private addresses.")
@move_options
@environment_options
@report_errors
def rollback(*, number: int | None, yes: bool, **chosen: Any) -> None:
    """Return to the release before, or to another one, without a build. What still exists gets the route at once."""
    run = new_run(chosen, options_from(chosen))
    with locked(run):
        say(f"\nDone.\n{rollbacks.rollback(run, number, confirmation(yes=yes))}")


@main.command()
@click.argument("name")
@report_errors
def template(name: str) -> None:
    """Print the CloudFormation template of a stack, such as data, or of a unit, such as users=ecs."""
    [stack] = [unit.stack for unit in parse([name])] if "=" in name else [name]
    click.echo(template_of(stack), nl=False)


@main.command()
@environment_options
@report_errors
def status(**chosen: Any) -> None:
    """Show which units are deployed where, whether they are healthy, and which of them have the route."""
    console.print(*states.status(new_run(chosen)))


@main.command()
@click.option("--data", is_flag=True, help="Delete the tables, too.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@environment_options
@report_errors
def down(*, data: bool, yes: bool, **chosen: Any) -> None:
    """Delete everything except the data."""
    name = Environment(chosen["app"], chosen["environment"]).full_name

    def confirm() -> None:
        if not yes and click.prompt(f"Type {name} to continue") != name:
            raise DeployError("That is not its name; nothing was changed.")

    run = new_run(chosen)
    with locked(run):
        downs.down(run, confirm, data=data)


@main.command()
@click.argument("unit", required=False)
@click.option("--path", default="/api/health", show_default=True)
@click.option("--method", default="GET", show_default=True)
@click.option("--data", metavar="JSON", help="The body of the request.")
@click.option("--connect-to", envvar="AWS_ENDPOINT_URL", metavar="URL", help="Another server that gets the request.")
@environment_options
@report_errors
def url(unit: str | None, path: str, method: str, data: str | None, connect_to: str | None, **chosen: Any) -> None:
    """Print a function's own URL, and send it a request that is signed with SigV4."""
    run = new_run(chosen)
    address = urls.function_url(run.read_state(), unit)
    say(address)
    response = urls.send(run.aws, address + path, method, data, connect_to)
    say(f"{method} {path}: {response.status}\n{response.body}")
    if response.status >= _ERROR_STATUSES:
        sys.exit(1)
