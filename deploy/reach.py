"""How to reach what was deployed: each entrance with a command that calls it, which this machine has tried."""

import shlex
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from botocore.exceptions import BotoCoreError

from deploy.run import Run
from deploy.state import DeployedState
from deploy.units import Unit
from deploy.urls import send
from parity.moves.load_balancer import LoadBalancer

_HEALTH: Final = "/api/health"
_CREDENTIALS: Final = 'eval "$(aws configure export-credentials --format env)"'


def how_to_reach(run: Run, state: DeployedState) -> str:
    """Return the URLs, commands that call them, who may call them, and whether this machine could."""
    urls = {unit: url.rstrip("/") for unit in state.routed if (url := state.url(unit))}
    return "\n".join([*(line for each in urls.items() for line in _function(run, *each)), *_load_balancer(run, state)])


def _function(run: Run, unit: Unit, url: str) -> Iterator[str]:
    yield f"{unit}: {url}"
    yield f"  {signed_curl(url + _HEALTH, run.aws.region)}"
    yield f"  {_tried(run, url)} It accepts signed requests of those who may invoke the function."
    yield f"  curl takes the credentials from variables, which the AWS CLI can set: {_CREDENTIALS}"


def signed_curl(url: str, region: str) -> str:
    """Return a command that sends a GET signed with SigV4 (https://curl.se/docs/manpage.html#--aws-sigv4)."""
    # Without a space after -H, so that zsh, too, passes the header as one word.
    session = '${AWS_SESSION_TOKEN:+-H"x-amz-security-token: $AWS_SESSION_TOKEN"}'
    keys = '"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
    return f"curl --aws-sigv4 aws:amz:{region}:lambda --user {keys} {session} {shlex.quote(url)}"


def _tried(run: Run, url: str) -> str:
    try:
        status = send(run.aws, url + _HEALTH, "GET", None, run.options.connect_to).status
    except BotoCoreError as error:
        return f"This machine could not call it: {error}."
    if status == HTTPStatus.OK:
        return "This machine has called it."
    return f"This machine called it, and got status {status}."


def _load_balancer(run: Run, state: DeployedState) -> Iterator[str]:
    url, edge = state.outputs()["Url"], state.parameters("edge")
    is_reached = LoadBalancer(url, run.options.connect_to).answers()
    yield f"Load balancer: {url}"
    yield f"  curl {url}{_HEALTH}"
    if edge["Scheme"] == "internet-facing":
        tried = "has called it" if is_reached else "could not call it"
        yield f"  This machine {tried}. Only {edge.get('ClientCidr') or edge['VpcCidr']} may connect."
        yield from _about_tokens(state)
    elif is_reached:
        yield f"  This machine has called it. It is internal, so only the network {edge['VpcId']} reaches it."
    else:
        yield (
            f"  It is internal: run this inside the network {edge['VpcId']}, for example in CloudShell with an "
            "environment in that network. For one that this machine reaches, run `down`, and then `up` with --allow-me."
        )


def _about_tokens(state: DeployedState) -> Iterator[str]:
    if state.parameters("data").get("Auth") == "oidc":
        is_encrypted = bool(state.parameters("edge").get("CertificateArn"))
        advice = "" if is_encrypted else " Tokens are not encrypted on their way: set edge.CertificateArn."
        yield f"  Callers need a token.{advice}"
