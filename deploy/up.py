"""Bringing units up, and moving them: the new beside the old, then the route, then the old away.

Each step asks what there is and does what is missing, so that a run that was ended anywhere is continued by the next.
"""

import time
from collections.abc import Callable, Sequence

from deploy import secret
from deploy.artifacts import Artifact
from deploy.errors import DeployError
from deploy.picture import Picture
from deploy.preflight import Preflight
from deploy.run import Run
from deploy.units import Unit, wanted


def up(run: Run, asked: Sequence[Unit], consent: Callable[[], None]) -> str:
    """Bring the asked units to the route, and return the address at which they are. Raises `DeployError`."""
    picture = run.look()
    target = wanted(asked, picture.served)
    touched = [unit for unit in target if unit in asked]
    artifacts = {unit: run.artifacts.choose(unit, picture, run.architecture(unit, picture)) for unit in touched}
    Preflight(run.artifacts, run.tools).check([*picture.units, *target], list(artifacts.values()))
    _announce(run, picture, target, artifacts)
    consent()

    run.stacks.settle(stack.name for stack in picture.stacks.values())
    picture = _bring_shared(run, target, list(artifacts.values()))
    artifacts = {unit: run.artifacts.choose(unit, picture, run.architecture(unit, picture)) for unit in touched}
    for unit, artifact in artifacts.items():
        run.artifacts.bring(artifact, run.architecture(unit, picture))
    picture = _bring_units(run, picture, artifacts)
    _move(run, picture, target)
    return run.look().outputs()["Url"]


def _announce(run: Run, picture: Picture, target: Sequence[Unit], artifacts: dict[Unit, Artifact]) -> None:
    now = ", ".join(map(str, picture.routed)) or "nothing"
    run.say(f"{run.place.app}-{run.place.environment}: {now} has the route.")
    for unit, artifact in artifacts.items():
        runs = artifact.parameters["ImageUri"] or f"ZIP {artifact.parameters['CodeKey']}"
        beside = " (updated in place)" if unit in picture.units else ""
        run.say(f"  + {unit}{beside}, from {runs}")
    run.say(f"  > the route goes to {', '.join(map(str, target))}, when they are healthy")
    for unit in picture.units:
        if unit not in target:
            run.say(f"  - {unit} is removed")
    run.say("  The data is not touched.")
    if any(unit.compute == "eks" for unit in target) and not run.design.cluster_is_public(picture):
        run.say("  The Kubernetes API is private: kubectl must run inside the network. To reach it from elsewhere:")
        run.say("  --set cluster.PublicAccessCidrs=YOUR.ADDRESS/32")


def _bring_shared(run: Run, target: Sequence[Unit], artifacts: Sequence[Artifact]) -> Picture:
    """What the units need: at once what needs nothing, then the load balancer, then the cluster."""
    names = run.shared(run.look(), target, artifacts)
    for batch in (("network", "data", "registry"), ("edge",), ("cluster",)):
        picture = run.look()
        run.stacks.apply([run.design.shared(name, picture, target) for name in names if name in batch])
    if "cluster" in names:
        run.kubernetes.prepare()
    return run.look()


def _bring_units(run: Run, picture: Picture, artifacts: dict[Unit, Artifact]) -> Picture:
    """The units' own stacks, side by side; none of this moves a route."""
    cursor_secret = secret.make(run.aws.client("ssm"), run.place.prefix)
    run.stacks.apply(
        [run.design.unit(unit, picture, artifact.parameters, cursor_secret) for unit, artifact in artifacts.items()]
    )
    picture = run.look()
    for unit, artifact in artifacts.items():
        if unit.compute == "eks":
            run.kubernetes.apply(run.pods(unit, picture, artifact, cursor_secret))
    return picture


def _move(run: Run, picture: Picture, target: Sequence[Unit]) -> None:
    groups = {}
    for unit in target:
        run.health.wait(unit, picture.stacks[unit.stack])
        group = picture.target_group(unit)
        if not group:
            raise DeployError(f"{unit} has no target group, so it cannot have the route.")
        groups[unit.name] = group
    old = [unit for unit in picture.units if unit not in target]
    run.say(f"The route goes to {', '.join(map(str, target))}.")
    run.stacks.apply([run.design.routed(picture, groups)])
    if old:
        run.say(f"{run.options.drain:g} s for requests on their way to what is removed.")
        time.sleep(run.options.drain)
    remove(run, old)
    _tidy(run, target)


def remove(run: Run, units: Sequence[Unit]) -> None:
    """Delete units that no route leads to."""
    for unit in units:
        if unit.compute == "eks":
            run.kubernetes.remove(unit)
    run.stacks.delete([run.place.name(unit.stack) for unit in units])


def _tidy(run: Run, target: Sequence[Unit]) -> None:
    """What nobody needs any more costs money: a cluster without pods, a NAT gateway without callers."""
    picture = run.look()
    if "cluster" in picture.stacks and not any(unit.compute == "eks" for unit in target):
        run.stacks.delete([run.place.name("cluster")])
        picture = run.look()
    if "network" in picture.stacks:
        run.stacks.apply([run.design.shared("network", picture, target)])
