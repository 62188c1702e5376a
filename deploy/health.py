"""Whether a unit may have the route: it responds, and it reaches its tables."""

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
    """The health of a unit at one moment."""

    problem: str = ""
    """Why it must not have the route; empty if it may."""
    states: tuple[str, ...] = ()
    """The states of the targets that are registered for it, where the load balancer checks them."""


@dataclass(slots=True)
class Health:
    """Checks units until they are healthy, or until the timeout in seconds."""

    aws: Aws
    say: Callable[[str], None]
    timeout: float

    def wait(self, unit: Unit, stack: Stack) -> None:
        """Return when the unit is healthy. Raises `DeployError` with the last problem, if it never is."""
        deadline = time.monotonic() + self.timeout
        while problem := self.check(unit, stack).problem:
            if time.monotonic() >= deadline:
                raise DeployError(
                    f"{unit} is deployed, but not healthy after {self.timeout:g} s: {problem}",
                    "The route was not changed; what ran before still serves. To see the cause, send the load balancer "
                    f"a request with the header X-Preview-Unit: {unit.stack}. Then run the same command again.",
                )
            self.say(f"  {unit} is not healthy yet: {problem}")
            time.sleep(min(_PAUSE_SECONDS, max(0.0, deadline - time.monotonic())))

    def check(self, unit: Unit, stack: Stack) -> Condition:
        """Check the unit once."""
        return {"lambda": self._function, "ecs": self._tasks, "eks": self._targets}[unit.compute](stack)

    def _function(self, stack: Stack) -> Condition:
        """Invoke the alias: a load balancer does not check functions."""
        client = self.aws.client("lambda")
        response = client.invoke(FunctionName=stack.outputs["AliasArn"], Payload=json.dumps(_event(stack)))
        payload = json.loads(response["Payload"].read() or b"null")
        if response.get("FunctionError"):
            return Condition(f"the function failed: {_short(payload)}")
        if not isinstance(payload, dict) or payload.get("statusCode") != 200:  # noqa: PLR2004
            return Condition(f"{READY} returns {_short(payload)}")
        return Condition()

    def _tasks(self, stack: Stack) -> Condition:
        """A deployment of ECS is complete when its tasks run and the load balancer finds them healthy."""
        [service] = self.aws.client("ecs").describe_services(
            cluster=stack.outputs["ClusterName"], services=[stack.outputs["ServiceName"]]
        )["services"]
        running, desired = service["runningCount"], service["desiredCount"]
        unfinished = [each for each in service["deployments"] if each.get("rolloutState") == "IN_PROGRESS"]
        if unfinished or running < max(desired, 1):
            return Condition(f"{running} of {desired} tasks run")
        return self._targets(stack)

    def _targets(self, stack: Stack) -> Condition:
        """Ask the load balancer once. Targets that are being deregistered do not count.

        The cluster registers pods, some time after they are ready.
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
    """Return a request as a load balancer sends it to a function."""
    return {
        "requestContext": {"elb": {"targetGroupArn": stack.outputs.get("TargetGroupArn", "")}},
        "httpMethod": "GET",
        "path": READY,
        "multiValueQueryStringParameters": {},
        "multiValueHeaders": {"host": ["readiness"], "user-agent": ["deploy"]},
        "body": "",
        "isBase64Encoded": False,
    }


def _short(payload: object) -> str:
    return json.dumps(payload)[:300]
