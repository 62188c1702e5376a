"""The route moves to units that are deployed; the units that had it before are deleted."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from deploy.errors import DeployError
from deploy.releases import Release
from deploy.routes import routes, whole
from deploy.run import Run
from deploy.shifting import Shift
from deploy.state import DeployedState
from deploy.units import Unit


def move(run: Run, target: Sequence[Unit]) -> None:
    """Give the units the route when they are healthy, and delete the others. Raises `DeployError`."""
    state = run.read_state()
    had_route = [unit for unit in state.routed if unit not in target]
    groups = _healthy_groups(run, state, target)
    Shift.to(run, state, groups).perform()
    run.say(f"The route changes to {', '.join(map(str, target))}.")
    run.stacks.apply([run.specs.routed(state, whole(routes(groups)))])
    kept = _kept(run, had_route)
    record(run, target, kept)
    _clean_up(run, target, kept)


def remove(run: Run, units: Sequence[Unit]) -> None:
    """Delete units that do not have the route."""
    for unit in units:
        if unit.compute == "eks":
            run.lock.check()
            run.kubernetes.remove(unit)
    run.stacks.delete([run.environment.resource_name(unit.stack) for unit in units])


def record(run: Run, target: Sequence[Unit], kept: Mapping[Unit, datetime]) -> None:
    """Store what these units run as a release."""
    state = run.read_state()
    units = {unit: run.releases.running(unit, state) for unit in target}
    still = {unit: until for unit, until in kept.items() if unit in state.units and unit not in target}
    run.releases.add(Release(units, still, run.aws.identity().arn))


def _healthy_groups(run: Run, state: DeployedState, target: Sequence[Unit]) -> dict[str, str]:
    """Wait until the units are healthy, and return their target groups by the units' names."""
    groups = {}
    for unit in target:
        run.health.wait(unit, state.stacks[unit.stack])
        group = state.target_group(unit)
        if not group:
            raise DeployError(f"{unit} has no target group, so it cannot have the route.")
        groups[unit.name] = group
    return groups


def _kept(run: Run, had_route: Sequence[Unit]) -> dict[Unit, datetime]:
    """Return the units that are not deleted yet, and until when: those of this move, and those of earlier ones."""
    before = run.releases.newest()
    kept = {unit: before.kept[unit] for unit in before.kept_now()}
    if run.options.keep:
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=run.options.keep)
        kept |= dict.fromkeys(had_route, until)
    return kept


def _clean_up(run: Run, target: Sequence[Unit], kept: Mapping[Unit, datetime]) -> None:
    """Delete the units that neither have the route nor are kept, and what is used no longer."""
    state = run.read_state()  # look again: what is deleted must not have the route
    others = [unit for unit in state.units if unit not in {*target, *state.receiving}]
    old = [unit for unit in others if unit not in kept]
    if old:
        run.say(f"Waiting {run.options.drain:g} s for requests that are still under way.")
        time.sleep(run.options.drain)
    remove(run, old)
    staying = [*target, *(unit for unit in others if unit in kept)]
    _delete_unused(run, staying)
    for unit in staying[len(target) :]:
        run.say(f"{unit} is kept until {kept[unit]:%Y-%m-%d %H:%M} UTC: `rollback` returns to it at once.")
        run.say("The first `up` after that time deletes it.")


def _delete_unused(run: Run, staying: Sequence[Unit]) -> None:
    """Delete what costs money and is used no longer: a cluster without pods, a NAT gateway without callers."""
    state = run.read_state()
    if "cluster" in state.stacks and not any(unit.compute == "eks" for unit in staying):
        run.stacks.delete([run.environment.resource_name("cluster")])
        state = run.read_state()
    if "network" in state.stacks:
        run.stacks.apply([run.specs.shared("network", state, staying)])
