"""The command line: `python -m deploy`."""

import sys
from typing import Any, Final

import click
from rich.console import Console

from deploy import down as downs
from deploy import plan as plans
from deploy import status as states
from deploy import up as ups
from deploy import urls
from deploy.aws import Aws
from deploy.cli_options import deployment_options, environment_options, options_from, report_errors
from deploy.environment import Environment
from deploy.errors import DeployError
from deploy.options import Options
from deploy.run import Run
from deploy.template import template_of
from deploy.units import parse

CHANGES: Final = 2
"""The exit status of `plan` if something would change."""
_ERROR_STATUSES: Final = 400

console = Console(soft_wrap=True, highlight=False, markup=False)


def say(text: str) -> None:
    """Print a line."""
    console.print(text)


def _run(chosen: dict[str, Any], options: Options | None = None) -> Run:
    """Print the account and the region, and create the parts of the command."""
    aws = Aws(chosen["profile"], chosen["region"])
    if not aws.region:
        raise DeployError("No region is chosen.", "Give --region, or set AWS_REGION.")
    identity = aws.identity()
    say(f"Account {identity.account}, region {aws.region}, as {identity.arn}")
    return Run.of(aws, Environment(chosen["app"], chosen["environment"]), options or Options(), say)


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
    sys.exit(CHANGES if plans.plan(_run(chosen, options_from(chosen)), parse(units)) else 0)


@main.command()
@click.argument("units", nargs=-1, required=True)
@deployment_options
@click.option(
    "--health-timeout",
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a unit may take to become healthy before the route changes.",
)
@click.option(
    "--drain",
    default=15.0,
    show_default=True,
    metavar="SECONDS",
    help="Between the change of the route and the deletion of the units that had it.",
)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@environment_options
@report_errors
def up(units: tuple[str, ...], *, health_timeout: float, drain: float, yes: bool, **chosen: Any) -> None:
    """Deploy UNITS, give them the route, and delete the units that had it before.

    A unit is all=COMPUTE, or the part for one entity, such as users=COMPUTE; computes are lambda, ecs and eks.
    The next run continues a run that was interrupted.
    """
    asked = parse(units)
    run = _run(chosen, options_from(chosen, health_timeout=health_timeout, drain=drain))

    def confirm() -> None:
        if not yes:
            click.confirm("Continue?", abort=True)

    say(f"\nDone: {ups.up(run, asked, confirm)}")


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
    console.print(states.status(_run(chosen)))


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

    downs.down(_run(chosen), confirm, data=data)


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
    run = _run(chosen)
    address = urls.function_url(run.read_state(), unit)
    say(address)
    response = urls.send(run.aws, address + path, method, data, connect_to)
    say(f"{method} {path}: {response.status}\n{response.body}")
    if response.status >= _ERROR_STATUSES:
        sys.exit(1)
