"""Deploy units and move the route to them: create the new ones, change the route, then delete the old ones.

Each step reads what is deployed and does what is missing. So the next run continues an interrupted one.
"""

from collections.abc import Callable, Mapping, Sequence

from deploy.artifacts import Artifact
from deploy.moves import move, record
from deploy.preflight import preflight
from deploy.reach import how_to_reach
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

    def choose(state: DeployedState) -> dict[Unit, Artifact]:
        return {unit: run.artifacts.choose(unit, state, run.architecture(unit, state)) for unit in units}

    return deploy(run, state, target, choose, confirm)


def deploy(
    run: Run,
    state: DeployedState,
    target: Sequence[Unit],
    choose: Callable[[DeployedState], Mapping[Unit, Artifact]],
    confirm: Callable[[], None],
) -> str:
    """Deploy what `choose` returns, and give the route to the target units; see `up`."""
    artifacts = choose(state)
    preflight(run, state, target, artifacts)
    _announce(run, state, target, artifacts)
    confirm()

    if state.routed and not run.releases.all():  # it was deployed by a version that stored no releases
        record(run, state.routed, {})
    run.stacks.wait_until_idle(stack.name for stack in state.stacks.values())
    state = _apply_shared(run, target, list(artifacts.values()))
    artifacts = choose(state)  # the registry, which is part of an image's name, exists now
    for artifact in artifacts.values():
        run.artifacts.provide(artifact)
    _apply_units(run, state, artifacts)
    move(run, target)
    return how_to_reach(run, run.read_state())


def _announce(run: Run, state: DeployedState, target: Sequence[Unit], artifacts: Mapping[Unit, Artifact]) -> None:
    now = ", ".join(map(str, state.routed)) or "nothing"
    run.say(f"{run.environment.full_name}: {now} has the route.")
    for unit, artifact in artifacts.items():
        runs = artifact.parameters["ImageUri"] or f"ZIP {artifact.parameters['CodeKey']}"
        in_place = " (updated in place)" if unit in state.units else ""
        run.say(f"  + {unit}{in_place}, from {runs}")
    run.say(f"  > {', '.join(map(str, target))} will have the route, when it is healthy")
    kept = run.releases.newest().kept_now() | set(state.routed if run.options.keep else ())
    for unit in state.units:
        if unit not in target:
            run.say(f"  - {unit} is {'kept for now' if unit in kept else 'deleted'}")
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


def _apply_units(run: Run, state: DeployedState, artifacts: Mapping[Unit, Artifact]) -> None:
    """Create or update the units' own stacks in parallel, and their pods. This changes no route."""
    secrets = run.secrets(generate=True)
    run.stacks.apply(
        [run.specs.unit(unit, state, artifact.parameters, secrets) for unit, artifact in artifacts.items()]
    )
    state = run.read_state()
    for unit, artifact in artifacts.items():
        if unit.compute == "eks":
            run.lock.check()
            run.kubernetes.apply(run.pods(unit, state, artifact, secrets))
