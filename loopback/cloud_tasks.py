"""The tasks of ECS services, as processes of this machine. Used in the process of `loopback.cloud`."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Final

from ministack.core.lambda_runtime import execution_credentials
from ministack.services import alb, ecs

from loopback.patience import PATIENCE_SECONDS

LOOPBACK: Final = "127.0.0.1"
HOLD: Final = Path("hold")
"""While there is this file in the emulator's directory, no ECS deployment becomes steady."""

TASKS: Final[dict[str, "subprocess.Popen[bytes]"]] = {}
"""The running tasks, by the names of their services."""


def start(service: str, props: dict[str, Any]) -> None:
    """Start the service's task, and return when it is ready: until then a deployment is not steady."""
    definition = ecs._task_defs[ecs._resolve_td_key(props["TaskDefinition"])]
    port = _free_port()
    directory = tempfile.mkdtemp(prefix="task-", dir=os.environ["STATE_DIR"])
    with Path(directory, "task.log").open("wb") as log:
        task = TASKS[service] = subprocess.Popen(
            [Path(sys.executable).with_name("shapeshift"), "serve"],
            cwd=directory,
            env={**variables(service, definition), "HOST": LOOPBACK, "PORT": str(port), "DRAIN_SECONDS": "0"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not _is_ready(port):
        if task.poll() is not None or time.monotonic() > give_up:
            raise ValueError(f"ECS Deployment Circuit Breaker was triggered: {Path(directory, 'task.log').read_text()}")
        time.sleep(0.1)
    while HOLD.exists():
        time.sleep(0.1)
    for balancer in props.get("LoadBalancers", []):
        alb._targets[balancer["TargetGroupArn"]] = [{"Id": LOOPBACK, "Port": port}]


def variables(service: str, definition: dict[str, Any]) -> dict[str, str]:
    """The variables of a task, which lead the SDK to the emulator."""
    [container] = definition["containerDefinitions"]
    return {
        "PATH": os.defpath,
        "AWS_ENDPOINT_URL": f"http://{LOOPBACK}:{os.environ['GATEWAY_PORT']}",
        "AWS_REGION": os.environ["MINISTACK_REGION"],
        "AWS_DEFAULT_REGION": os.environ["MINISTACK_REGION"],
        "AWS_EC2_METADATA_DISABLED": "true",
        **_credentials(service, definition),
        **{each["name"]: each["value"] for each in container.get("environment", [])},
    }


def _credentials(service: str, definition: dict[str, Any]) -> dict[str, str]:
    """Those of the task's role: what a function would get, were it a function's."""
    arn = service.replace(":ecs:", ":lambda:").replace(":service/", ":function:")
    role = {"FunctionArn": arn, "FunctionName": "task", "Role": definition["taskRoleArn"]}
    credentials: dict[str, str] = execution_credentials(role)
    return credentials


def stop(task: "subprocess.Popen[bytes] | None") -> None:
    """End a task, if there is one."""
    if task:
        task.terminate()
        task.wait()


def stop_all() -> None:
    """End every task."""
    for task in TASKS.values():
        stop(task)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/api/health/ready", timeout=2):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as free:
        port: int = free.getsockname()[1]
    return port
