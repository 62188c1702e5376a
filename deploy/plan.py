"""What would change, if the same were asked of `up`."""

from collections.abc import Sequence

from deploy.artifacts import Artifact
from deploy.design import NotYet
from deploy.errors import DeployError
from deploy.picture import Picture
from deploy.run import Run
from deploy.secret import PLACEHOLDER
from deploy.stack import Wanted
from deploy.template import template_of
from deploy.units import Unit, wanted


def plan(run: Run, asked: Sequence[Unit]) -> bool:
    """Tell what would change, and return whether anything would. Nothing is changed."""
    picture = run.look()
    target = wanted(asked, picture.served) if asked else picture.routed
    if not target:
        raise DeployError("Nothing runs here yet: say what shall.", "Such as: plan all=ecs")
    artifacts = {unit: run.artifacts.choose(unit, picture, run.architecture(unit, picture)) for unit in asked or target}
    shared = run.shared(picture, target, list(artifacts.values()))
    changed = [
        *[_tell_shared(run, name, picture, target) for name in shared],
        *[_tell_unit(run, unit, picture, artifact) for unit, artifact in artifacts.items()],
        *[_tell_removal(run, unit) for unit in picture.units if unit not in target],
    ]
    if not any(changed):
        run.say("No changes.")
    return any(changed)


def _tell_shared(run: Run, name: str, picture: Picture, target: Sequence[Unit]) -> bool:
    try:
        stack = _edge(run, picture, target) if name == "edge" else run.design.shared(name, picture, target)
    except NotYet:
        return _tell_unknown(run, name)
    return _tell(run, stack)


def _tell_unit(run: Run, unit: Unit, picture: Picture, artifact: Artifact) -> bool:
    secret = run.secret() or PLACEHOLDER
    try:
        changed = _tell(run, run.design.unit(unit, picture, artifact.parameters, secret))
    except NotYet:
        return _tell_unknown(run, unit.stack)
    has_pods = unit.compute == "eks" and unit in picture.units
    if has_pods and run.kubernetes.differs(run.pods(unit, picture, artifact, secret)):
        run.say(f"{run.place.name(unit.stack)}\n  ~ the pods")
        return True
    return changed


def _tell_removal(run: Run, unit: Unit) -> bool:
    run.say(f"{run.place.name(unit.stack)}\n  - the whole stack, when the route has moved")
    return True


def _edge(run: Run, picture: Picture, target: Sequence[Unit]) -> Wanted:
    """The load balancer with the routes to be; a target group that is yet to come has its unit's name."""
    return run.design.routed(picture, {unit.name: picture.target_group(unit) or str(unit) for unit in target})


def _tell(run: Run, stack: Wanted) -> bool:
    changes = run.stacks.preview(stack)
    if changes:
        run.say(stack.name)
    for change in changes:
        run.say(f"  {change.sign} {change.resource}  {change.kind}")
    return bool(changes)


def _tell_unknown(run: Run, name: str) -> bool:
    kinds = run.stacks.client.get_template_summary(TemplateBody=template_of(name))["ResourceTypes"]
    run.say(f"{run.place.name(name)}  (new; in full when the stacks before it are there)")
    for kind in sorted(kinds):
        run.say(f"  + {kind}")
    return True
