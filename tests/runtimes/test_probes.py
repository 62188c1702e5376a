"""A burst of requests never makes a process unready or dead, by the checks that the deployments declare."""

import asyncio
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from benchmarks.answers import together
from benchmarks.load import mixture
from benchmarks.open_loop import open_loop
from loopback.patience import PATIENCE_SECONDS
from tests.deploy.templates import WHOLE, read, resources
from tests.runtimes.processes import Served, serving

DEPLOYMENT = Path(__file__).parents[2] / "deploy" / "kubernetes" / "base" / "deployment.yaml"
BURST_SECONDS = 11
RATE = 6000.0  # far above what one process answers from SQLite
PAGE = "/api/users?limit=1"


@dataclass(frozen=True, slots=True)
class Check:
    """A check of a process's health as a deployment declares it."""

    name: str
    period: int
    timeout: int
    passes: Callable[[Served, int], bool]

    def play(self, served: Served) -> list[bool]:
        """Ask as often as the platform does for as long as the burst lasts; return whether each check passed."""
        began, results = time.monotonic(), []
        for number in range(math.ceil(BURST_SECONDS / self.period)):
            time.sleep(max(0.0, began + number * self.period - time.monotonic()))
            results.append(self.passes(served, self.timeout))
        return results


def request(path: str) -> Callable[[Served, int], bool]:
    """A check that is a request, each time on a new connection."""

    def passes(served: Served, timeout: int) -> bool:
        try:
            return httpx.get(served.base_url + path, timeout=timeout, trust_env=False, verify=False).is_success
        except httpx.TimeoutException:
            return False

    return passes


def command(words: Sequence[str]) -> Callable[[Served, int], bool]:
    """A check that is a command in the container."""
    assert words[:2] == ["CMD", "python"]

    def passes(served: Served, timeout: int) -> bool:
        environ = {**os.environ, "PORT": str(served.port)}
        try:
            return not subprocess.run(
                [sys.executable, *words[2:]], env=environ, timeout=timeout, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            return False

    return passes


def probes_of_pods() -> Iterator[Check]:
    """What Kubernetes asks; seconds that are not declared are its defaults."""
    container: dict[str, Any] = yaml.safe_load(DEPLOYMENT.read_text())["spec"]["template"]["spec"]["containers"][0]
    for kind in ("livenessProbe", "readinessProbe"):
        probe = container[kind]
        asked = request(probe["httpGet"]["path"])
        yield Check(kind, probe.get("periodSeconds", 10), probe.get("timeoutSeconds", 1), asked)


def checks_of_templates() -> Iterator[Check]:
    """What load balancers and ECS ask. A load balancer asks no function."""
    for stack in WHOLE:
        template = read(stack)
        for group in resources(template, "AWS::ElasticLoadBalancingV2::TargetGroup").values():
            if group["TargetType"] == "ip":
                seconds = group["HealthCheckIntervalSeconds"], group["HealthCheckTimeoutSeconds"]
                yield Check(f"target group, {stack}", *seconds, request(group["HealthCheckPath"]))
        for task in resources(template, "AWS::ECS::TaskDefinition").values():
            for container in task["ContainerDefinitions"]:
                check = container["HealthCheck"]
                yield Check("container on ECS", check["Interval"], check["Timeout"], command(check["Command"]))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, STORE="sqlite", DATABASE_URL=f"sqlite:///{tmp_path}/shop.db") as server:
        yield server


@pytest.mark.timeout(BURST_SECONDS * 2 + 2 * PATIENCE_SECONDS)
def test_no_check_of_health_fails_while_requests_are_refused(served: Served) -> None:
    requests = mixture(served.base_url.removeprefix("http://"), PAGE, 0.2, "burst")
    checks = [*probes_of_pods(), *checks_of_templates()]
    assert len(checks) == 5

    async def burst() -> tuple[list[list[bool]], dict[int, int]]:
        played = [asyncio.create_task(asyncio.to_thread(check.play, served)) for check in checks]
        answers = await open_loop(served.base_url, requests, rate=RATE, seconds=BURST_SECONDS, connections=500)
        return list(await asyncio.gather(*played)), together(answers.values()).statuses()

    results, statuses = asyncio.run(burst())

    assert statuses.get(503, 0) > statuses.get(200, 0), "the burst was no overload"
    failed = {check.name: passed for check, passed in zip(checks, results, strict=True) if not all(passed)}
    assert failed == {}
