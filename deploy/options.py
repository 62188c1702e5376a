"""The choices of the person who deploys."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

from deploy.errors import DeployError
from deploy.settings import SETTINGS, parameter

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}
_ALL: Final = 100  # percent
_CIDR: Final = "Such as 203.0.113.7/32. For this machine alone, give --allow-me."
KINDS: Final = ("network", "data", "registry", "edge", "cluster", "lambda", "ecs", "eks", "service")


@dataclass(frozen=True, slots=True)
class Network:
    """An existing network."""

    vpc_id: str
    public_subnets: str
    private_subnets: str


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one run."""

    service_image: str | None = None
    lambda_image: str | None = None
    lambda_zip: Path | None = None
    architecture: str | None = None
    network: Network | None = None
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Values for parameters of templates, by kind of stack."""
    inside_network: bool = False
    """Whether this machine is in the network, and reaches a private Kubernetes API."""
    build_again: str = ""
    """A suffix for the tags of images that are built although their sources are unchanged; empty to build none."""
    health_timeout: float = 300
    drain: float = 15
    shift: tuple[int, ...] = (100,)
    """How many percent of the requests the new unit gets, step by step."""
    bake: float = 0
    """How many seconds each step is watched."""
    gate: str = "read"
    """What of the corpus is played before a move: `read`, `write` or `off`."""
    token_command: str | None = None
    connect_to: str | None = None
    keep: float = 0
    """How many seconds the old unit is kept after it has lost the route."""

    def given(self, kind: str) -> Mapping[str, str]:
        """Return the parameters that were given for this kind of stack."""
        return self.parameters.get(kind, {})


def parse_parameters(words: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the values of words such as `ecs.MinTasks=3`, by kind of stack. Raises `DeployError`."""
    given: dict[str, dict[str, str]] = {}
    for word in words:
        path, equals, value = word.partition("=")
        kind, dot, name = path.partition(".")
        if not (equals and dot and name and kind in KINDS):
            raise DeployError(f"--set {word} is not KIND.Parameter=value.", f"Kinds are {', '.join(KINDS)}.")
        if kind == "service":
            kind, name = "data", _parameter_of_setting(name)
        given.setdefault(kind, {})[name] = value
    return given


def _parameter_of_setting(name: str) -> str:
    if name not in SETTINGS:
        raise DeployError(f"service has no setting {name} that can be set here.", f"It has {', '.join(SETTINGS)}.")
    return parameter(name)


def parse_cidr(cidr: str | None) -> dict[str, dict[str, str]]:
    """Return the parameters that admit these addresses from the internet, by kind of stack. Raises `DeployError`."""
    if cidr is None:
        return {}
    try:
        network = IPv4Network(cidr)
    except ValueError as error:
        raise DeployError(f"--allow-cidr {cidr} is not a range of addresses: {error}.", _CIDR) from error
    edge = {"Scheme": "internet-facing", "ClientCidr": str(network)}
    cluster = {"PublicAccessCidrs": str(network)} if network.prefixlen else {}  # never open Kubernetes to everybody
    return {"edge": edge, "cluster": cluster}


def parse_duration(text: str) -> float:
    """Return the seconds of a duration such as `90s`, `2m` or `1h`. Raises `DeployError`."""
    found = re.fullmatch(r"(\d+)([smh])", text)
    if not found:
        raise DeployError(f"{text} is not a duration.", "Such as 90s, 2m or 1h.")
    return int(found[1]) * _SECONDS[found[2]]


def parse_shift(text: str) -> tuple[int, ...]:
    """Return the steps of a move such as `10,50,100`. Raises `DeployError`."""
    steps = tuple(int(word) for word in text.split(",") if re.fullmatch(r"\d{1,3}", word))
    if len(steps) != text.count(",") + 1 or steps[-1] != _ALL or steps[0] < 1 or list(steps) != sorted({*steps}):
        raise DeployError(f"--shift {text} is no series of steps.", "They grow, and end with 100, such as 10,50,100.")
    return steps


def parse_image(uri: str | None) -> str | None:
    """Return the URI of an image. Raises `DeployError` if it has neither a tag nor a digest."""
    if uri and "@" not in uri and ":" not in uri.rpartition("/")[2]:
        raise DeployError(f"{uri} is a repository, not an image.", "Add the tag (:TAG) or the digest (@sha256:...).")
    return uri


def parse_network(vpc_id: str | None, public_subnets: str | None, private_subnets: str | None) -> Network | None:
    """Return the network that was named, if any. Raises `DeployError` if only a part of it was named."""
    given = [vpc_id, public_subnets, private_subnets]
    if not any(given):
        return None
    if not all(given):
        raise DeployError("Your own network needs --vpc-id, --public-subnets and --private-subnets together.")
    return Network(str(vpc_id), str(public_subnets), str(private_subnets))
