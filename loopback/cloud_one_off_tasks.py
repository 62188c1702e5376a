"""Tasks that run another command and end, as processes of this machine. Used in the process of `loopback.cloud`."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextvars import copy_context
from threading import Thread
from typing import Any

from ministack.services import cloudwatch_logs, ecs

from loopback.cloud_tasks import variables


def run_one_off_tasks() -> None:
    """Have ministack run the command of a task that RunTask overrides, and store what it prints in its log."""
    ecs._ACTION_MAP["RunTask"] = _runs(ecs._ACTION_MAP["RunTask"])


def _runs(run_task: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def run(data: dict[str, Any]) -> Any:
        response = run_task(data)
        for each in json.loads(response[2]).get("tasks", ()):
            task = ecs._tasks[each["taskArn"]]
            Thread(target=copy_context().run, args=(_run, task, data), daemon=True).start()
        return response

    return run


def _run(task: dict[str, Any], data: dict[str, Any]) -> None:
    definition = ecs._task_defs[ecs._resolve_td_key(data["taskDefinition"])]
    [container] = definition["containerDefinitions"]
    [override] = data["overrides"]["containerOverrides"]
    added = {each["name"]: each["value"] for each in override.get("environment", ())}
    ended = subprocess.run(
        [sys.executable if word == "python" else word for word in override["command"]],
        env={**variables(f"{task['clusterArn'].replace(':cluster/', ':service/')}/one-off", definition), **added},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    _store(container["logConfiguration"]["options"], task["taskArn"].rpartition("/")[2], ended.stdout)
    task["containers"][0].update(exitCode=ended.returncode, lastStatus="STOPPED")
    task.update(lastStatus="STOPPED", desiredStatus="STOPPED", stopCode="EssentialContainerExited")


def _store(options: dict[str, str], task: str, output: str) -> None:
    stream = {
        "logGroupName": options["awslogs-group"],
        "logStreamName": f"{options['awslogs-stream-prefix']}/service/{task}",
    }
    now = int(1000 * time.time())
    events = [{"timestamp": now, "message": line} for line in output.splitlines()]
    cloudwatch_logs._create_log_stream(stream)
    cloudwatch_logs._put_log_events({**stream, "logEvents": events})
