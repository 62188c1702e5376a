"""What must hold after each step of a move, before the next one."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from deploy.comparing import Comparing
from deploy.errors import DeployError, in_words
from deploy.metrics import DELAY_SECONDS, Metrics
from deploy.run import Run
from deploy.state import DeployedState
from deploy.units import Unit


@dataclass(frozen=True, slots=True)
class StepChecks:
    """The checks of one move."""

    run: Run
    state: DeployedState
    pairs: Mapping[str, tuple[Unit, Unit]]
    """The old and the new unit of each entity that moves."""
    compared: Comparing | None
    """What sends requests to both units, if something can."""

    def problem(self, percent: int) -> str:
        """Check for the bake time, and return why the step does not pass; empty if it does.

        A check that cannot be made does not pass either.
        """
        try:
            return self._weights(percent) or self._health() or self._measure() or self._metrics() or self._health()
        except DeployError as error:
            failure = error
        except (BotoCoreError, ClientError) as error:
            failure = in_words(error)
        return f"a check could not be made: {str(failure).splitlines()[0].rstrip('.')}"

    def _weights(self, percent: int) -> str:
        """Compare the weights that AWS returns with those that were asked for."""
        listener = self.state.outputs()["ListenerArn"]
        pages = self.run.aws.client("elbv2").get_paginator("describe_rules").paginate(ListenerArn=listener)
        actions = [action for page in pages for rule in page["Rules"] for action in rule["Actions"]]
        found = {
            frozenset((each["TargetGroupArn"], each["Weight"]) for each in action["ForwardConfig"]["TargetGroups"])
            for action in actions
            if "ForwardConfig" in action
        }
        group = self.state.target_group
        for entity, (old, new) in self.pairs.items():
            if frozenset(((group(new), percent), (group(old), 100 - percent))) not in found:
                return f"no rule of the load balancer sends {percent} % of the requests of {entity} to {new}"
        return ""

    def _health(self) -> str:
        for _, unit in self.pairs.values():
            if problem := self.run.health.check(unit, self.state.stacks[unit.stack]).problem:
                return f"{unit} is not healthy: {problem}"
        return ""

    def _measure(self) -> str:
        """Send requests to both units for the bake time."""
        bake = self.run.options.bake
        if self.compared is None:
            time.sleep(bake)
            return ""
        paths = [(f"/api/{entity}?limit=1", *units) for entity, units in self.pairs.items()]
        return self.compared.why_worse(paths, bake)

    def _metrics(self) -> str:
        """Judge what callers got by CloudWatch. Missing metrics are a success only if requests were sent."""
        bake = self.run.options.bake
        if bake < DELAY_SECONDS:
            return ""
        metrics = Metrics(self.run.aws.client("cloudwatch"), self.state.outputs()["ListenerArn"])
        for old, new in self.pairs.values():
            worse = metrics.why_worse(self.state.target_group(new) or "", self.state.target_group(old) or "", bake)
            if worse:
                return f"{new}: {worse}"
            if worse is None and self.compared is None:
                return f"{new} had too few requests to be judged by, and the load balancer does not answer this machine"
        return ""
