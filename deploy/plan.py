"""What would change, if the same were asked of `up`."""

from collections.abc import Sequence

from deploy.design import NotYet
from deploy.errors import DeployError
from deploy.picture import Picture
from deploy.run import Run
from deploy.secret import PLACEHOLDER
from deploy.stacks import Wanted
from deploy.units import Unit, wanted


def plan(run: Run, asked: Sequence[Unit]) -> bool:
    """Tell what would change, and return whether anything would. Nothing is changed."""
    picture = run.look()
    target = wanted(asked, picture.routed) if asked else picture.routed
    if not target:
        raise DeployError("Nothing runs here yet: say what shall.", "Such as: plan all=ecs")
    artifacts = {unit: run.artifacts.choose(unit, picture) for unit in target if unit in asked or not asked}
    secret = run.secret() or PLACEHOLDER
    changed = False
    for name in run.shared(picture, target, list(artifacts.values())):
        try:
            stack = _edge(run, picture, target) if name == "edge" else run.design.shared(name, picture, target)
        except NotYet:
            changed = _tell_unknown(run, name)
        else:
            changed |= _tell(run, stack)
    for unit, artifact in artifacts.items():
        try:
            changed |= _tell(run, run.design.unit(unit, picture, artifact.parameters, secret))
        except NotYet:
            changed = _tell_unknown(run, unit.stack)
        if unit.compute == "eks" and unit in picture.units:
            pods = run.pods(unit, picture, artifact, secret)
            if run.kubernetes.differs(pods):
                run.say(f"~ the pods of {unit}")
                changed = True
    for unit in picture.units:
        if unit not in target:
            run.say(f"- {run.place.name(unit.stack)}  the whole stack, after the route has moved")
            changed = True
    if not changed:
        run.say("No changes.")
    return changed


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
    kinds = run.stacks.client.get_template_summary(TemplateBody=run.design.template(name))["ResourceTypes"]
    run.say(f"{run.place.name(name)}  (new; in full when the stacks before it are there)")
    for kind in sorted(kinds):
        run.say(f"  + {kind}")
    return True
