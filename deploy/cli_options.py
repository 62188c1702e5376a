"""Options that several commands have, and how a command reports its errors."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click
from botocore.exceptions import BotoCoreError, ClientError

from deploy.errors import DeployError, in_words
from deploy.options import (
    Options,
    parse_cidr,
    parse_duration,
    parse_image,
    parse_network,
    parse_parameters,
    parse_shift,
)
from deploy.public_address import public_address

Command = Callable[..., None]
Parameters = dict[str, dict[str, str]]
INTERRUPTED: Final = 130
_AS_GIVEN: Final = (
    *("lambda_zip", "architecture", "inside_network", "health_timeout", "drain"),
    *("token_command", "connect_to"),
)
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)

_ENVIRONMENT: Final = (
    click.option("--app", default="shapeshift", show_default=True, help="Begins the name of every resource."),
    click.option("--environment", default="dev", show_default=True, help="Such as dev or production."),
    click.option("--region", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], help="Default: as configured."),
    click.option("--profile", help="A profile of your AWS configuration."),
)
_DEPLOYMENT: Final = (
    click.option("--service-image", metavar="URI", help="For ECS and EKS: an image that exists."),
    click.option("--lambda-image", metavar="URI", help="For Lambda: an image that exists."),
    click.option("--lambda-zip", type=_FILE, help="For Lambda: a ZIP that deploy.package_lambda wrote."),
    click.option(
        "--architecture", type=click.Choice(["arm64", "x86_64"]), help="Default: as deployed, or this machine's."
    ),
    click.option("--build-again", is_flag=True, help="Build unchanged sources, too, with the current base image."),
    click.option("--allow-me", is_flag=True, help="Only this machine's public address may connect from the internet."),
    click.option("--allow-cidr", metavar="CIDR", help="Addresses that may connect from the internet. Default: none."),
    click.option("--inside-network", is_flag=True, help="This machine reaches the network's private addresses."),
    click.option("--vpc-id", help="An existing network, instead of a new one."),
    click.option("--public-subnets", metavar="IDS", help="Its public subnets, separated by commas."),
    click.option("--private-subnets", metavar="IDS", help="Its private subnets, separated by commas."),
    click.option(
        "--set",
        "parameters",
        multiple=True,
        metavar="KIND.PARAMETER=VALUE",
        help="A parameter of a template, such as ecs.MinTasks=3; kept as long as its stack exists.",
    ),
)


_MOVE: Final = (
    click.option(
        "--health-timeout",
        default=300.0,
        show_default=True,
        metavar="SECONDS",
        help="How long a unit may take to become healthy before the route changes.",
    ),
    click.option(
        "--drain",
        default=15.0,
        show_default=True,
        metavar="SECONDS",
        help="Between the change of the route and the deletion of the units that had it.",
    ),
    click.option(
        "--shift",
        default="100",
        show_default=True,
        metavar="PERCENT,...,100",
        help="The steps in which the new unit gets the requests, such as 10,50,100.",
    ),
    click.option(
        "--bake", default="0s", show_default=True, metavar="DURATION", help="How long each step is watched, such as 2m."
    ),
    click.option(
        "--connect-to", envvar="AWS_ENDPOINT_URL", metavar="URL", help="Gets the requests to the load balancer."
    ),
    click.option(
        "--keep",
        default="0s",
        show_default=True,
        metavar="DURATION",
        help="How long the units that had the route are kept, such as 1h: `rollback` returns to them at once.",
    ),
    click.option("--yes", is_flag=True, help="Do not ask for confirmation."),
)
_GATE: Final = (
    click.option(
        "--gate",
        type=click.Choice(["read", "write"]),
        default="read",
        show_default=True,
        help="The requests for which the units' answers are compared before a move; with write, they create entities.",
    ),
    click.option("--no-gate", is_flag=True, help="Move the route without comparing answers."),
    click.option("--token-command", metavar="COMMAND", help="Prints an access token, with authentication."),
)


def environment_options(command: Command) -> Command:
    """Add the options that say which environment is meant."""
    for option in reversed(_ENVIRONMENT):
        command = option(command)
    return command


def deployment_options(command: Command) -> Command:
    """Add the options that say what is deployed."""
    for option in reversed(_DEPLOYMENT):
        command = option(command)
    return command


def move_options(command: Command) -> Command:
    """Add the options that say how the route moves."""
    for option in reversed(_MOVE):
        command = option(command)
    return command


def gate_options(command: Command) -> Command:
    """Add the options that say what is compared before a move."""
    for option in reversed(_GATE):
        command = option(command)
    return command


def options_from(chosen: dict[str, Any]) -> Options:
    """Return the options that a command has of those above, parsed. Raises `DeployError`."""
    given: dict[str, Any] = {key: chosen[key] for key in _AS_GIVEN if key in chosen}
    if "parameters" in chosen:
        given |= {
            "service_image": parse_image(chosen["service_image"]),
            "lambda_image": parse_image(chosen["lambda_image"]),
            "network": parse_network(chosen["vpc_id"], chosen["public_subnets"], chosen["private_subnets"]),
            "parameters": _merged(parse_cidr(_admitted(chosen)), parse_parameters(chosen["parameters"])),
            "build_again": datetime.now(UTC).strftime("%Y%m%dT%H%M%S") if chosen["build_again"] else "",
        }
    if "keep" in chosen:
        given |= {
            "keep": parse_duration(chosen["keep"]),
            "bake": parse_duration(chosen["bake"]),
            "shift": parse_shift(chosen["shift"]),
            "gate": "off" if chosen.get("no_gate", True) else chosen["gate"],
        }
    return Options(**given)


def _admitted(chosen: dict[str, Any]) -> str | None:
    if not chosen["allow_me"]:
        cidr: str | None = chosen["allow_cidr"]
        return cidr
    if chosen["allow_cidr"]:
        raise DeployError("Give --allow-me or --allow-cidr, not both.")
    return f"{public_address()}/32"


def _merged(defaults: Parameters, given: Parameters) -> Parameters:
    return {kind: {**defaults.get(kind, {}), **given.get(kind, {})} for kind in {*defaults, *given}}


def report_errors(command: Command) -> Command:
    """Print errors that the user can correct without a traceback, and exit with status 1."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except DeployError as error:
            _fail(error)
        except (BotoCoreError, ClientError) as error:
            _fail(in_words(error))
        except KeyboardInterrupt:
            click.echo("\ndeploy: interrupted. AWS completes what it started; the same command continues.", err=True)
            sys.exit(INTERRUPTED)

    return wrapped


def _fail(error: DeployError) -> None:
    click.echo(f"deploy: {error}", err=True)
    sys.exit(1)
