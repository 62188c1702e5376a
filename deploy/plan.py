"""Show what `up` would change."""

from collections.abc import Sequence

from deploy.artifacts import Artifact
from deploy.checks import setting_problems
from deploy.errors import DeployError, Problems
from deploy.routes import routes, whole
from deploy.run import Run
from deploy.specs import MissingStack
from deploy.stack import StackSpec
from deploy.state import DeployedState
from deploy.template import template_of
from deploy.units import Unit, target_units


def plan(run: Run, asked: Sequence[Unit]) -> bool:
    """Print what would change, and return whether anything would. Nothing is changed."""
    state = run.read_state()
    target = target_units(asked, state.served) if asked else state.routed
    if not target:
        raise DeployError("Nothing is deployed yet: name the units.", "Such as: plan all=ecs")
    artifacts = {unit: run.artifacts.choose(unit, state, run.architecture(unit, state)) for unit in asked or target}
    if problems := setting_problems(run, state, artifacts):
        raise Problems(problems)
    shared = run.shared(state, target, list(artifacts.values()))
    changed = [
        *[_plan_shared(run, name, state, target) for name in shared],
        *[_plan_unit(run, unit, state, artifact) for unit, artifact in artifacts.items()],
        *[_plan_removal(run, unit) for unit in state.units if unit not in {*target, *run.releases.newest().kept_now()}],
    ]
    if not any(changed):
        run.say("No changes.")
    return any(changed)


def _plan_shared(run: Run, name: str, state: DeployedState, target: Sequence[Unit]) -> bool:
    try:
        spec = _edge(run, state, target) if name == "edge" else run.specs.shared(name, state, target)
    except MissingStack:
        return _print_types(run, name)
    return _preview(run, spec)


def _plan_unit(run: Run, unit: Unit, state: DeployedState, artifact: Artifact) -> bool:
    secrets = run.secrets(generate=False)
    try:
        changed = _preview(run, run.specs.unit(unit, state, artifact.parameters, secrets))
    except MissingStack:
        return _print_types(run, unit.stack)
    has_pods = unit.compute == "eks" and unit in state.units
    if has_pods and run.kubernetes.differs(run.pods(unit, state, artifact, secrets)):
        run.say(f"{run.environment.resource_name(unit.stack)}\n  ~ the pods")
        return True
    return changed


def _plan_removal(run: Run, unit: Unit) -> bool:
    run.say(f"{run.environment.resource_name(unit.stack)}\n  - the whole stack, after the route has changed")
    return True


def _edge(run: Run, state: DeployedState, target: Sequence[Unit]) -> StackSpec:
    """Return the load balancer with its new routes. A target group that does not exist yet has its unit's name."""
    return run.specs.routed(state, whole(routes({unit.name: state.target_group(unit) or str(unit) for unit in target})))


def _preview(run: Run, spec: StackSpec) -> bool:
    changes = run.stacks.preview(spec)
    if changes:
        run.say(spec.name)
    for change in changes:
        run.say(f"  {change.sign} {change.resource}  {change.kind}")
    return bool(changes)


def _print_types(run: Run, name: str) -> bool:
    """Print the types of a stack's resources. A change set needs values of stacks that do not exist yet."""
    kinds = run.stacks.client.get_template_summary(TemplateBody=template_of(name))["ResourceTypes"]
    run.say(f"{run.environment.resource_name(name)}  (new; details when the stacks before it exist)")
    for kind in sorted(kinds):
        run.say(f"  + {kind}")
    return True
