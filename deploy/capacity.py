"""The new unit gets as many tasks or pods as the old one has, before it gets requests."""

from collections.abc import Sequence
from typing import Any

from deploy.run import Run
from deploy.state import DeployedState
from deploy.units import Unit


def give_capacity(run: Run, state: DeployedState, new: Sequence[Unit], old: Sequence[Unit]) -> None:
    """Give each new unit the tasks or pods that the largest old one has; the health checks wait for them.

    A function needs none: Lambda starts as many environments as there are requests. Autoscaling removes what proves
    to be too many, some time after the move.
    """
    wanted = max((_count(run, state, unit) for unit in old), default=0)
    for unit in new:
        if unit.compute == "lambda" or _count(run, state, unit) >= wanted:
            continue
        run.lock.check()
        run.say(f"{unit} gets {wanted}, as many as {', '.join(map(str, old))}.")
        if unit.compute == "ecs":
            run.aws.client("ecs").update_service(**_service(state, unit), desiredCount=wanted)
        else:
            run.kubernetes.scale(unit, wanted)


def _count(run: Run, state: DeployedState, unit: Unit) -> int:
    """Return how many tasks or pods a unit has; 0 for a function."""
    if unit.compute == "ecs":
        where = _service(state, unit)
        [service] = run.aws.client("ecs").describe_services(cluster=where["cluster"], services=[where["service"]])[
            "services"
        ]
        return int(service["desiredCount"])
    return run.kubernetes.replicas(unit) if unit.compute == "eks" else 0


def _service(state: DeployedState, unit: Unit) -> dict[str, Any]:
    outputs = state.stacks[unit.stack].outputs
    return {"cluster": outputs["ClusterName"], "service": outputs["ServiceName"]}
