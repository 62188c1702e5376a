"""Whether a unit may be given the route: it answers, and can reach its tables."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from deploy.aws import Aws
from deploy.errors import DeployError
from deploy.stack import Stack
from deploy.units import Unit

READY: Final = "/api/health/ready"
_PAUSE_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Condition:
    """How a unit was at one moment."""

    problem: str = ""
    """Why it must not have the route; empty if it may."""
    states: tuple[str, ...] = ()
    """The states of the targets that are registered for it, where the load balancer checks them."""


@dataclass(slots=True)
class Health:
    """Asks until the answer is good, or patience ends."""

    aws: Aws
    say: Callable[[str], None]
    patience: float

    def wait(self, unit: Unit, stack: Stack) -> None:
        """Return when the unit is healthy. Raises `DeployError` with the last problem, if it never is."""
        give_up = time.monotonic() + self.patience
        while problem := self.check(unit, stack).problem:
            if time.monotonic() >= give_up:
                raise DeployError(
                    f"{unit} is up, but not healthy after {self.patience:g} s: {problem}",
                    "The route was not moved; what ran before still serves. Ask the load balancer yourself, with the "
                    f"header X-Preview-Unit: {unit.stack}. When it is mended, run the same command again.",
                )
            self.say(f"  {unit} is not healthy yet: {problem}")
            time.sleep(min(_PAUSE_SECONDS, max(0.0, give_up - time.monotonic())))

    def check(self, unit: Unit, stack: Stack) -> Condition:
        """Ask once how the unit is."""
        return {"lambda": self._function, "ecs": self._tasks, "eks": self._targets}[unit.compute](stack)

    def _function(self, stack: Stack) -> Condition:
        """The alias itself is asked: a load balancer does not check functions."""
        client = self.aws.client("lambda")
        answer = client.invoke(FunctionName=stack.outputs["AliasArn"], Payload=json.dumps(_event(stack)))
        said = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            return Condition(f"the function failed: {_short(said)}")
        if not isinstance(said, dict) or said.get("statusCode") != 200:  # noqa: PLR2004
            return Condition(f"{READY} answers {_short(said)}")
        return Condition()

    def _tasks(self, stack: Stack) -> Condition:
        """ECS calls a deployment completed when its tasks run and the load balancer finds them healthy."""
        [service] = self.aws.client("ecs").describe_services(
            cluster=stack.outputs["ClusterName"], services=[stack.outputs["ServiceName"]]
        )["services"]
        running, desired = service["runningCount"], service["desiredCount"]
        unfinished = [each for each in service["deployments"] if each.get("rolloutState") == "IN_PROGRESS"]
        if unfinished or running < max(desired, 1):
            return Condition(f"{running} of {desired} tasks run")
        return self._targets(stack)

    def _targets(self, stack: Stack) -> Condition:
        """One answer of the load balancer decides. Targets that are leaving do not count.

        Pods are registered by the cluster, some time after they are ready.
        """
        group = stack.outputs.get("TargetGroupArn")
        if not group:
            return Condition("it has no target group")
        found = self.aws.client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        states = tuple(each["TargetHealth"]["State"] for each in found)
        staying = {state for state in states if not state.endswith("draining")}
        if not staying:
            return Condition("no target is registered yet", states)
        problem = "" if staying == {"healthy"} else f"its targets are {', '.join(sorted(staying))}"
        return Condition(problem, states)


def _event(stack: Stack) -> dict[str, Any]:
    """A request, as a load balancer sends it to a function."""
    return {
        "requestContext": {"elb": {"targetGroupArn": stack.outputs.get("TargetGroupArn", "")}},
        "httpMethod": "GET",
        "path": READY,
        "multiValueQueryStringParameters": {},
        "multiValueHeaders": {"host": ["readiness"], "user-agent": ["deploy"]},
        "body": "",
        "isBase64Encoded": False,
    }


def _short(said: object) -> str:
    return json.dumps(said)[:300]
