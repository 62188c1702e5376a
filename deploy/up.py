"""Deploy units and move the route to them: create the new ones, change the route, then delete the old ones.

Each step reads what is deployed and does what is missing. So the next run continues an interrupted one.
"""

import time
from collections.abc import Callable, Mapping, Sequence

from deploy.artifacts import Artifact
from deploy.errors import DeployError
from deploy.preflight import preflight
from deploy.run import Run
from deploy.service_roles import create_ecs_role
from deploy.state import DeployedState
from deploy.units import Unit, target_units

# Stacks of one batch are created in parallel; each needs values of those before it.
_BATCHES = (("network", "data", "registry"), ("edge",), ("cluster",))


def up(run: Run, asked: Sequence[Unit], confirm: Callable[[], None]) -> str:
    """Deploy the units, give them the route, and return how to reach them.

    `confirm` is called before anything is changed, and may raise to stop. Raises `DeployError`.
    """
    state = run.read_state()
    target = target_units(asked, state.served)
    units = [unit for unit in target if unit in asked]
    artifacts = _choose(run, units, state)
    preflight(run, state, target, artifacts)
    _announce(run, state, target, artifacts)
    confirm()

    run.stacks.wait_until_idle(stack.name for stack in state.stacks.values())
    state = _apply_shared(run, target, list(artifacts.values()))
    artifacts = _choose(run, units, state)  # the registry, which is part of an image's name, exists now
    for artifact in artifacts.values():
        run.artifacts.provide(artifact)
    state = _apply_units(run, state, artifacts)
    _move(run, state, target)
    return _how_to_reach(run.read_state())


def remove(run: Run, units: Sequence[Unit]) -> None:
    """Delete units that do not have the route."""
    for unit in units:
        if unit.compute == "eks":
            run.kubernetes.remove(unit)
    run.stacks.delete([run.environment.resource_name(unit.stack) for unit in units])


def _how_to_reach(state: DeployedState) -> str:
    url, edge = state.outputs()["Url"], state.parameters("edge")
    command = f"{url}\n  curl {url}/api/health"
    if edge["Scheme"] == "internet-facing":
        return f"{command}\nOnly {edge.get('ClientCidr') or edge['VpcCidr']} may connect.{_about_tokens(state)}"
    return (
        f"{command}\nThe load balancer is internal: run this inside the network {edge['VpcId']}, for example in "
        "CloudShell with an environment in that network. For a load balancer that this machine reaches, run `down`, "
        "and then `up` with --allow-cidr ADDRESS/32."
    )


def _about_tokens(state: DeployedState) -> str:
    if state.parameters("data").get("Auth") != "oidc":
        return ""
    is_encrypted = bool(state.parameters("edge").get("CertificateArn"))
    advice = "" if is_encrypted else " Tokens are not encrypted on their way: set edge.CertificateArn."
    return f"\nCallers need a token.{advice}"


def _choose(run: Run, units: Sequence[Unit], state: DeployedState) -> dict[Unit, Artifact]:
    return {unit: run.artifacts.choose(unit, state, run.architecture(unit, state)) for unit in units}


def _announce(run: Run, state: DeployedState, target: Sequence[Unit], artifacts: Mapping[Unit, Artifact]) -> None:
    now = ", ".join(map(str, state.routed)) or "nothing"
    run.say(f"{run.environment.full_name}: {now} has the route.")
    for unit, artifact in artifacts.items():
        runs = artifact.parameters["ImageUri"] or f"ZIP {artifact.parameters['CodeKey']}"
        in_place = " (updated in place)" if unit in state.units else ""
        run.say(f"  + {unit}{in_place}, from {runs}")
    run.say(f"  > {', '.join(map(str, target))} will have the route, when it is healthy")
    for unit in state.units:
        if unit not in target:
            run.say(f"  - {unit} is deleted")
    run.say("  The data is not changed.")


def _apply_shared(run: Run, target: Sequence[Unit], artifacts: Sequence[Artifact]) -> DeployedState:
    if any(unit.compute == "ecs" for unit in target):
        create_ecs_role(run.aws.client("iam"))
    names = run.shared(run.read_state(), target, artifacts)
    for batch in _BATCHES:
        state = run.read_state()
        run.stacks.apply([run.specs.shared(name, state, target) for name in names if name in batch])
    if "cluster" in names:
        run.kubernetes.prepare()
    return run.read_state()


def _apply_units(run: Run, state: DeployedState, artifacts: Mapping[Unit, Artifact]) -> DeployedState:
    """Create or update the units' own stacks in parallel, and their pods. This changes no route."""
    secrets = run.secrets(generate=True)
    run.stacks.apply(
        [run.specs.unit(unit, state, artifact.parameters, secrets) for unit, artifact in artifacts.items()]
    )
    state = run.read_state()
    for unit, artifact in artifacts.items():
        if unit.compute == "eks":
            run.kubernetes.apply(run.pods(unit, state, artifact, secrets))
    return state


def _move(run: Run, state: DeployedState, target: Sequence[Unit]) -> None:
    groups = {}
    for unit in target:
        run.health.wait(unit, state.stacks[unit.stack])
        group = state.target_group(unit)
        if not group:
            raise DeployError(f"{unit} has no target group, so it cannot have the route.")
        groups[unit.name] = group
    old = [unit for unit in state.units if unit not in target]
    run.say(f"The route changes to {', '.join(map(str, target))}.")
    run.stacks.apply([run.specs.routed(state, groups)])
    if old:
        run.say(f"Waiting {run.options.drain:g} s for requests that are still under way.")
        time.sleep(run.options.drain)
    remove(run, old)
    _delete_unused(run, target)


def _delete_unused(run: Run, target: Sequence[Unit]) -> None:
    """Delete what costs money and is used no longer: a cluster without pods, a NAT gateway without callers."""
    state = run.read_state()
    if "cluster" in state.stacks and not any(unit.compute == "eks" for unit in target):
        run.stacks.delete([run.environment.resource_name("cluster")])
        state = run.read_state()
    if "network" in state.stacks:
        run.stacks.apply([run.specs.shared("network", state, target)])
