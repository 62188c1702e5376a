"""One task of an ECS service's task definition, which runs another command and ends."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deploy.aws import Aws
from deploy.errors import DeployError
from deploy.polling import poll

CONTAINER: Final = "service"
"""The container of the task definition; its log streams are `task/service/<id of the task>`."""
_LOG_SECONDS: Final = 30.0
"""Within which CloudWatch Logs has what a task printed before it ended."""


@dataclass(frozen=True, slots=True)
class OneOffTask:
    """Runs in the network, with the role and the image of the service."""

    aws: Aws
    cluster: str
    service: str
    log_group: str

    def output(self, command: Sequence[str], variables: Mapping[str, str], seconds: float) -> str:
        """Run the command, and return what it printed, a line of JSON at the end. Raises `DeployError`."""
        task = self._start(command, variables)
        try:
            self._wait(task, seconds)
        except BaseException:  # whoever interrupts the command, too, leaves no task running
            self.aws.client("ecs").stop_task(cluster=self.cluster, task=task, reason="deploy does not wait any more")
            raise
        return self._printed(task)

    def _start(self, command: Sequence[str], variables: Mapping[str, str]) -> str:
        ecs = self.aws.client("ecs")
        [service] = ecs.describe_services(cluster=self.cluster, services=[self.service])["services"]
        container = {
            "name": CONTAINER,
            "command": list(command),
            "environment": [{"name": name, "value": value} for name, value in variables.items()],
        }
        response = ecs.run_task(
            cluster=self.cluster,
            taskDefinition=service["taskDefinition"],
            capacityProviderStrategy=service["capacityProviderStrategy"],
            networkConfiguration=service["networkConfiguration"],
            overrides={"containerOverrides": [container]},
            startedBy="deploy",
        )
        if not response["tasks"]:
            reasons = ", ".join(each.get("reason", "") for each in response["failures"])
            raise DeployError(f"No task could be started on {self.cluster}: {reasons}.", "Run the same command again.")
        return str(response["tasks"][0]["taskArn"])

    def _wait(self, task: str, seconds: float) -> None:
        give_up = time.monotonic() + seconds
        for _ in poll():
            [found] = self.aws.client("ecs").describe_tasks(cluster=self.cluster, tasks=[task])["tasks"]
            if found["lastStatus"] == "STOPPED":
                if found.get("stopCode") == "TaskFailedToStart":
                    raise DeployError(f"A task did not start on {self.cluster}: {found.get('stoppedReason')}")
                return
            if time.monotonic() > give_up:
                raise DeployError(f"A task on {self.cluster} did not end in {seconds:.0f} s.")

    def _printed(self, task: str) -> str:
        give_up = time.monotonic() + _LOG_SECONDS
        for _ in poll():
            lines = list(self._lines(task))
            if time.monotonic() > give_up or (lines and lines[-1].startswith("{")):
                break
        return "\n".join(lines)

    def _lines(self, task: str) -> Iterator[str]:
        logs = self.aws.client("logs")
        stream: dict[str, Any] = {
            "logGroupName": self.log_group,
            "logStreamName": f"task/{CONTAINER}/{task.rpartition('/')[2]}",
        }
        token: dict[str, str] = {}
        while True:
            try:
                page = logs.get_log_events(**stream, startFromHead=True, **token)
            except logs.exceptions.ResourceNotFoundException:  # nothing has arrived yet
                return
            yield from (event["message"] for event in page["events"])
            if page["nextForwardToken"] == token.get("nextToken"):
                return
            token = {"nextToken": page["nextForwardToken"]}
