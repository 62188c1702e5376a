"""The command line."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from deploy import urls
from deploy.aws import Aws
from deploy.down import down as take_down
from deploy.errors import DeployError, in_words
from deploy.options import Options, parse_image, parse_network, parse_parameters
from deploy.picture import Place
from deploy.plan import plan as make_plan
from deploy.run import Run
from deploy.status import status as make_status
from deploy.template import template_of
from deploy.units import parse
from deploy.up import up as bring_up

CHANGES = 2
INTERRUPTED = 130

console = Console(soft_wrap=True, highlight=False, markup=False)


def say(text: str) -> None:
    """Print a line."""
    console.print(text)


def place_options(command: Callable[..., None]) -> Callable[..., None]:
    """Where: the options of every command."""
    for option in reversed(
        (
            click.option("--app", default="shapeshift", show_default=True, help="Begins the name of everything."),
            click.option("--environment", default="dev", show_default=True, help="Such as dev or production."),
            click.option("--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], help="Default: as configured."),
            click.option("--profile", help="A profile of your AWS configuration."),
        )
    ):
        command = option(command)
    return command


def choice_options(command: Callable[..., None]) -> Callable[..., None]:
    """What: the options of `plan` and `up`."""
    path = click.Path(exists=True, dir_okay=False, path_type=Path)
    for option in reversed(
        (
            click.option("--service-image", metavar="URI", help="For ECS and EKS: an image that exists."),
            click.option("--lambda-image", metavar="URI", help="For Lambda: an image that exists."),
            click.option("--lambda-zip", type=path, help="For Lambda: a ZIP that deploy.package_lambda made."),
            click.option("--architecture", type=click.Choice(["arm64", "x86_64"]), help="Default: as it is, or arm64."),
            click.option("--vpc-id", help="A network that exists, instead of a new one."),
            click.option("--public-subnets", metavar="IDS", help="Its public subnets, with commas."),
            click.option("--private-subnets", metavar="IDS", help="Its private subnets, with commas."),
            click.option(
                "--set",
                "parameters",
                multiple=True,
                metavar="KIND.PARAMETER=VALUE",
                help="A parameter of a template, such as ecs.MinTasks=3; kept while its stack is there.",
            ),
        )
    ):
        command = option(command)
    return command


def told_to_people(command: Callable[..., None]) -> Callable[..., None]:
    """No traceback for what people can mend."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except DeployError as error:
            _fail(error)
        except (BotoCoreError, ClientError) as error:
            _fail(in_words(error))
        except KeyboardInterrupt:
            click.echo("\ndeploy: interrupted. AWS ends what it began; the same command continues.", err=True)
            sys.exit(INTERRUPTED)

    return wrapped


def _fail(error: DeployError) -> None:
    click.echo(f"deploy: {error}", err=True)
    sys.exit(1)


def _run(where: dict[str, Any], options: Options | None = None) -> Run:
    """Say who asks and where, and put the parts together."""
    aws = Aws(where["profile"], where["region"])
    if not aws.region:
        raise DeployError("No region is chosen.", "Give --region, or set AWS_REGION.")
    identity = aws.identity()
    say(f"Account {identity.account}, region {aws.region}, as {identity.arn}")
    return Run.of(aws, Place(where["app"], where["environment"]), options or Options(), say)


def _options(chosen: dict[str, Any], **more: float) -> Options:
    return Options(
        service_image=parse_image(chosen["service_image"]),
        lambda_image=parse_image(chosen["lambda_image"]),
        lambda_zip=chosen["lambda_zip"],
        architecture=chosen["architecture"],
        network=parse_network(chosen["vpc_id"], chosen["public_subnets"], chosen["private_subnets"]),
        parameters=parse_parameters(chosen["parameters"]),
        **more,
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Bring the service to Lambda, ECS and EKS, and move it between them over the same data."""


@main.command()
@click.argument("units", nargs=-1)
@choice_options
@place_options
@told_to_people
def plan(units: tuple[str, ...], **chosen: Any) -> None:
    """Show what `up` would change (+ new, ~ changed, ! replaced, - deleted), and change nothing.

    UNITS are as for `up`; without any, what runs now. The exit status is 2 if anything would change, and 0 if not.
    """
    sys.exit(CHANGES if make_plan(_run(chosen, _options(chosen)), parse(units)) else 0)


@main.command()
@click.argument("units", nargs=-1, required=True)
@choice_options
@click.option(
    "--health-timeout",
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a unit may take to be healthy before the route is moved.",
)
@click.option(
    "--drain",
    default=15.0,
    show_default=True,
    metavar="SECONDS",
    help="Between the move of the route and the removal of what had it.",
)
@click.option("--yes", is_flag=True, help="Ask nothing.")
@place_options
@told_to_people
def up(units: tuple[str, ...], *, health_timeout: float, drain: float, yes: bool, **chosen: Any) -> None:
    """Bring UNITS up, give them the route, and remove what had it before.

    A unit is all=COMPUTE, or the part for one entity, such as users=COMPUTE; computes are lambda, ecs and eks.
    A run that was interrupted is continued by the next.
    """
    asked = parse(units)
    run = _run(chosen, _options(chosen, health_timeout=health_timeout, drain=drain))

    def consent() -> None:
        if not yes:
            click.confirm("Go on?", abort=True)

    url = bring_up(run, asked, consent)
    say(f"\nDone: {url}\n  curl {url}/api/health")


@main.command()
@click.argument("name")
@told_to_people
def template(name: str) -> None:
    """Print the CloudFormation template of a stack, such as data, or of a unit, such as users=ecs."""
    [stack] = [unit.stack for unit in parse([name])] if "=" in name else [name]
    click.echo(template_of(stack), nl=False)


@main.command()
@place_options
@told_to_people
def status(**where: Any) -> None:
    """Show what runs, where, and which of it has the route."""
    console.print(make_status(_run(where)))


@main.command()
@click.option("--data", is_flag=True, help="Delete the tables, too.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@place_options
@told_to_people
def down(*, data: bool, yes: bool, **where: Any) -> None:
    """Take everything away, except for the data."""
    name = f"{where['app']}-{where['environment']}"

    def consent() -> None:
        if not yes and click.prompt(f"Type {name} to go on") != name:
            raise DeployError("That is not its name; nothing was changed.")

    take_down(_run(where), consent, data=data)


@main.command()
@click.argument("unit", required=False)
@click.option("--path", default="/api/health", show_default=True)
@click.option("--method", default="GET", show_default=True)
@click.option("--data", metavar="JSON", help="The request's body.")
@click.option("--connect-to", envvar="AWS_ENDPOINT_URL", metavar="URL", help="A server that stands before AWS.")
@place_options
@told_to_people
def url(unit: str | None, path: str, method: str, data: str | None, connect_to: str | None, **where: Any) -> None:
    """Print a function's own URL, and call it with a request that is signed with SigV4."""
    run = _run(where)
    address = urls.function_url(run.look(), unit)
    say(address)
    answer = urls.call(run.aws, address + path, method, data, connect_to)
    say(f"{method} {path}: {answer.status}\n{answer.body}")
    if answer.status >= 400:  # noqa: PLR2004
        sys.exit(1)
