"""Settings that AWS would refuse or that would interrupt the service, found before anything is changed."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Final

from deploy.artifacts import Artifact
from deploy.run import Run
from deploy.settings import SETTINGS, parameter, problems_of
from deploy.state import DeployedState
from deploy.template import SHARED, template_of
from deploy.units import ALL, Unit

# What a person can set instead of what the command computes.
_COMPUTED: Final = {
    "network.NatGateway": "network.NatMode to auto, always or never",
    **{f"lambda.{parameter(name)}": f"service.{name}, which every unit has" for name in SETTINGS},
}
_LEAST_PREFIX: Final = 8
"""A range of more than 16 million addresses restricts nobody."""
_MANAGED_INSTANCES_MEMORY: Final = 2048  # MB, the least


def setting_problems(run: Run, state: DeployedState, artifacts: Mapping[Unit, Artifact]) -> list[str]:
    """Return what is wrong with the settings of the units that are deployed."""
    return [
        *_parameters(run),
        *_scheme(run, state),
        *problems_of(run.specs.settings(state)),
        *_openness(run, state),
        *(problem for unit, artifact in artifacts.items() for problem in _function(run, state, unit, artifact)),
    ]


def _parameters(run: Run) -> Iterator[str]:
    for kind, given in run.options.parameters.items():
        declared = run.stacks.declared(template_of(kind if kind in SHARED else f"{ALL}-{kind}"))
        for name in given:
            if name not in declared:
                yield f"{kind} has no parameter {name}; it has {', '.join(sorted(declared))}"
            if instead := _COMPUTED.get(f"{kind}.{name}"):
                yield f"{kind}.{name} is computed in each run: set {instead}"


def _scheme(run: Run, state: DeployedState) -> Iterator[str]:
    """A changed scheme replaces the load balancer, and AWS refuses a target group for a second one."""
    before = state.parameters("edge").get("Scheme")
    after = run.options.given("edge").get("Scheme")
    if before and after and before != after:
        yield (
            f"the load balancer is {before}, and AWS cannot make it {after}: "
            "delete everything except the data (`down`), and deploy again"
        )


def _openness(run: Run, state: DeployedState) -> Iterator[str]:
    """Whoever reaches a service without authentication can read and change everything."""
    cidr = run.specs.client_cidr(state)
    if cidr is None:
        return
    try:
        is_for_some = bool(cidr) and IPv4Network(cidr).prefixlen >= _LEAST_PREFIX
    except ValueError as error:
        yield f"edge.ClientCidr={cidr} is not a range of addresses: {error}"
        return
    if run.specs.settings(state)["auth"] == "none" and not is_for_some:
        admits = f"admit everybody in {cidr}" if cidr else "be internet-facing without allowed addresses"
        yield (
            f"the load balancer would {admits}, and the service has no authentication: give the addresses that may "
            "connect (--allow-me, or --allow-cidr ADDRESS/32), or let callers need a token (--set service.auth=oidc; "
            "see docs/authentication.md)"
        )


def _function(run: Run, state: DeployedState, unit: Unit, artifact: Artifact) -> Iterator[str]:
    if unit.compute != "lambda":
        return
    before = state.parameters(unit.stack)
    if before and bool(before.get("ImageUri")) != bool(artifact.parameters["ImageUri"]):
        yield (
            f"{unit} cannot change between an image and a ZIP: its function would be replaced while it serves. "
            f"Move it to another compute first, such as {unit.name}=ecs, and then back"
        )
    values = {**before, **run.options.given("lambda")}
    memory = int(values.get("MemorySize", 1024))
    if values.get("ManagedInstances") == "true" and memory < _MANAGED_INSTANCES_MEMORY:
        yield f"lambda.ManagedInstances=true needs lambda.MemorySize={_MANAGED_INSTANCES_MEMORY} or more, not {memory}"
