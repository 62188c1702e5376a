"""A burst of requests never makes a process unready or dead, by the probes that the deployment declares."""

import asyncio
import math
import time
from collections.abc import Iterator
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
from tests.runtimes.processes import Served, serving

DEPLOYMENT = Path(__file__).parents[2] / "deploy" / "kubernetes" / "base" / "deployment.yaml"
BURST_SECONDS = 11
RATE = 6000.0  # far above what one process answers from SQLite
PAGE = "/api/users?limit=1"


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe as a container declares it; seconds that are not declared are Kubernetes' defaults."""

    path: str
    period: int
    timeout: int

    def play(self, base_url: str, seconds: float) -> list[bool]:
        """Ask as often as a kubelet does, each time on a new connection; return whether each answer was a success."""
        began, results = time.monotonic(), []
        for number in range(math.ceil(seconds / self.period)):
            time.sleep(max(0.0, began + number * self.period - time.monotonic()))
            try:
                response = httpx.get(base_url + self.path, timeout=self.timeout, trust_env=False, verify=False)
                results.append(response.is_success)
            except httpx.TimeoutException:
                results.append(False)
        return results


def declared(kind: str) -> Probe:
    container = yaml.safe_load(DEPLOYMENT.read_text())["spec"]["template"]["spec"]["containers"][0]
    probe: dict[str, Any] = container[kind]
    return Probe(probe["httpGet"]["path"], probe.get("periodSeconds", 10), probe.get("timeoutSeconds", 1))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, STORE="sqlite", DATABASE_URL=f"sqlite:///{tmp_path}/shop.db") as server:
        yield server


@pytest.mark.timeout(BURST_SECONDS * 2 + 2 * PATIENCE_SECONDS)
def test_no_probe_fails_while_requests_are_refused(served: Served) -> None:
    requests = mixture(served.base_url.removeprefix("http://"), PAGE, 0.2, "burst")

    async def burst() -> tuple[list[list[bool]], dict[int, int]]:
        probes = [
            asyncio.create_task(asyncio.to_thread(declared(kind).play, served.base_url, BURST_SECONDS))
            for kind in ("livenessProbe", "readinessProbe")
        ]
        answers = await open_loop(served.base_url, requests, rate=RATE, seconds=BURST_SECONDS, connections=500)
        return list(await asyncio.gather(*probes)), together(answers.values()).statuses()

    results, statuses = asyncio.run(burst())

    assert statuses.get(503, 0) > statuses.get(200, 0), "the burst was no overload"
    assert [all(each) for each in results] == [True, True], results
