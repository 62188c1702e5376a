"""What CloudWatch says of callers' requests: how many a target group got, and how many of them failed."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

DELAY_SECONDS: Final = 180
"""Metrics of a minute are complete some time after it. A shorter bake time cannot be judged by them."""
_PERIOD: Final = 60
_LEAST_REQUESTS: Final = 30
_MORE_FAILURES: Final = 0.01


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of the target groups of one load balancer."""

    cloudwatch: Any
    listener: str
    """The ARN of the listener."""

    def why_worse(self, new: str, old: str, seconds: float) -> str | None:
        """Return why the new target group does not pass, empty if it does; `None` if there were too few requests."""
        requests = self._sum("RequestCount", new, seconds)
        if requests < _LEAST_REQUESTS:
            return None
        failures = self._sum("HTTPCode_Target_5XX_Count", new, seconds)
        of_old = self._sum("RequestCount", old, seconds)
        failures_of_old = self._sum("HTTPCode_Target_5XX_Count", old, seconds)
        if failures / requests > (failures_of_old / of_old if of_old else 0) + _MORE_FAILURES:
            return (
                f"{failures:.0f} of {requests:.0f} requests of callers failed, "
                f"and {failures_of_old:.0f} of {of_old:.0f} to the old unit"
            )
        return ""

    def _sum(self, metric: str, group: str, seconds: float) -> float:
        balancer = "/".join(self.listener.split(":listener/")[1].split("/")[:3])
        now = datetime.fromtimestamp(time.time(), UTC)
        found = self.cloudwatch.get_metric_statistics(
            Namespace="AWS/ApplicationELB",
            MetricName=metric,
            Dimensions=[
                {"Name": "TargetGroup", "Value": group.rpartition(":")[2]},
                {"Name": "LoadBalancer", "Value": balancer},
            ],
            StartTime=now - timedelta(seconds=max(seconds, _PERIOD)),
            EndTime=now,
            Period=_PERIOD,
            Statistics=["Sum"],
        )
        return float(sum(each["Sum"] for each in found["Datapoints"]))
