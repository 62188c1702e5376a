"""The route moves only when one answer of the load balancer says that the unit has targets, all of them healthy."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import fake_kubectl
from tests.deploy.commands import IMAGE, Deployment, program

SCRIPT = "target-health.json"  # the emulator's: what it answers to the next questions for target health
UP = ("--inside-network", "--service-image", IMAGE, "--yes", "--drain", "0", "--health-timeout", "0")


@pytest.fixture
def pods(aws: dict[str, str], tmp_path: Path) -> Iterator[Deployment]:
    program(tmp_path, "kubectl", fake_kubectl)
    deployment = Deployment(aws, path=f"{tmp_path}:{os.defpath}")
    yield deployment
    deployment.close()


@pytest.mark.parametrize(
    ("compute", "refused"),
    [
        (
            "eks",
            [
                ([[], ["initial"], ["healthy"]], "no target is registered yet"),
                ([["healthy", "unhealthy"], ["healthy"]], "its targets are healthy, unhealthy"),
            ],
        ),
        ("ecs", [([[], ["healthy"]], "no target is registered yet"), ([["initial"]], "its targets are initial")]),
    ],
)
def test_the_route_moves_when_one_answer_shows_targets_that_are_all_healthy(
    pods: Deployment, emulator: Path, compute: str, refused: list[tuple[list[list[str]], str]]
) -> None:
    script = emulator / SCRIPT
    for answers, problem in refused:
        script.write_text(json.dumps(answers))

        failed = pods.run("up", f"all={compute}", *UP)

        assert failed.status == 1, failed.output
        assert f"not healthy after 0 s: {problem}\n" in failed.errors
        with pods.callers() as client:
            assert client.get("/api/users").json()["type"] == "/problems/not-found", "the route was not moved"

    script.write_text(json.dumps([["healthy", "draining"], ["initial"]]))
    pods.succeed("up", f"all={compute}", *UP)
    assert json.loads(script.read_text()) == [["initial"]], "one answer was asked for"
    assert "its targets are initial" in pods.succeed("status"), "status asks once too"
