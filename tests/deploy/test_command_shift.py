"""A move in steps, under requests: bad releases are caught at the first step, and the old unit has the route again."""

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy import fake_kubectl
from tests.deploy.commands import IMAGE, UNREACHED, Deployment, program
from tests.deploy.releases import release

STEPS = ("--shift", "10,50,100", "--yes", "--drain", "0")


@contextmanager
def callers(deployment: Deployment, path: str) -> Iterator[Counter[int]]:
    """Send requests from several callers until the block ends; yields how many had which status."""
    statuses: Counter[int] = Counter()
    ended = threading.Event()

    def call() -> None:
        with deployment.callers() as client:
            while not ended.is_set():
                statuses[client.get(path).status_code] += 1
                ended.wait(0.03)

    running = [threading.Thread(target=call) for _ in range(2)]
    for each in running:
        each.start()
    try:
        yield statuses
    finally:
        ended.set()
        for each in running:
            each.join()


def runtime(deployment: Deployment) -> str:
    with deployment.callers() as client:
        return str(client.get("/api/health").json()["runtime"])


def weights(deployment: Deployment) -> list[list[int]]:
    elb = deployment.client("elbv2")
    [edge] = deployment.client("cloudformation").describe_stacks(StackName=f"shapeshift-{deployment.environment}-edge")[
        "Stacks"
    ]
    [listener] = [each["OutputValue"] for each in edge["Outputs"] if each["OutputKey"] == "ListenerArn"]
    actions = [action for rule in elb.describe_rules(ListenerArn=listener)["Rules"] for action in rule["Actions"]]
    forwards = [action["ForwardConfig"]["TargetGroups"] for action in actions if action["Type"] == "forward"]
    return [[each["Weight"] for each in groups] for groups in forwards if len(groups) > 1]


def test_a_good_release_gets_the_requests_step_by_step(deployment: Deployment, code: str) -> None:
    images = ("--service-image", IMAGE, "--lambda-zip", code)
    deployment.up("users=ecs", "orders=lambda", *images)
    with callers(deployment, "/api/users") as statuses:
        printed = deployment.succeed("up", "all=lambda", *images, *STEPS, "--gate", "read")

    assert "The new units answer as the old ones do." in printed
    steps = [f"all=lambda gets {percent} % of the requests." for percent in (10, 50, 100)]
    assert [line for line in printed.splitlines() if line in steps] == steps
    assert [*statuses] == [200]
    assert weights(deployment) == []
    assert runtime(deployment) == "lambda"
    assert deployment.run("plan").status == 0


def test_the_gate_that_writes_deletes_what_it_created(deployment: Deployment, code: str) -> None:
    deployment.up("users=ecs", "orders=lambda", "--service-image", IMAGE, "--lambda-zip", code)

    printed = deployment.succeed("up", "users=lambda", "--yes", "--drain", "0", "--gate", "write")

    assert "The new units answer as the old ones do." in printed
    with deployment.callers() as client:
        assert client.get("/api/users").json() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [("answers 500", "requests failed, and 0 of"), ("answers slowly", "half of the requests take ")],
)
def test_a_bad_release_is_caught_at_the_first_step_and_undone(
    deployment: Deployment, code: str, tmp_path: Path, change: str, words: str
) -> None:
    deployment.up("all=ecs", "--service-image", IMAGE)
    bad = release(code, tmp_path / "bad.zip", change)
    with callers(deployment, "/api/orders") as statuses:
        failed = deployment.run("up", "all=lambda", "--lambda-zip", bad, *STEPS, "--no-gate")

    assert failed.status == 1
    assert "The answers of the units are not compared: --no-gate." in failed.output
    assert "The route goes back to all=ecs." in failed.output
    assert "deploy: The move was undone at 10 %: GET /api/users?limit=1: " in failed.errors
    assert words in failed.errors
    assert "all=ecs has the route again. all=lambda is still deployed" in failed.errors
    assert statuses[500] <= 0.1 * sum(statuses.values()) + 1, statuses
    assert weights(deployment) == []
    assert runtime(deployment) == "ecs"

    deployment.up("all=ecs")
    assert "all-lambda" not in deployment.stacks()
    assert deployment.run("plan").status == 0


def test_a_release_that_answers_differently_never_gets_a_request(
    deployment: Deployment, code: str, tmp_path: Path
) -> None:
    deployment.up("all=ecs", "--service-image", IMAGE)
    bad = release(code, tmp_path / "bad.zip", "answers differently")

    failed = deployment.run("up", "all=lambda", "--lambda-zip", bad, *STEPS)

    assert failed.status == 1
    assert "The route was not changed, because the new units give " in failed.errors
    assert "curl --path-as-is -X GET" in failed.errors
    assert "Somehow, no" in failed.errors
    assert "gets 10 %" not in failed.output
    assert runtime(deployment) == "ecs"
    deployment.succeed("up", "all=lambda", *STEPS, "--no-gate")
    assert runtime(deployment) == "lambda"


def test_a_move_that_was_killed_between_two_steps_can_be_ended_or_undone(deployment: Deployment, code: str) -> None:
    images = ("--service-image", IMAGE, "--lambda-zip", code)
    deployment.up("all=ecs", *images)
    move = ("up", "all=lambda", *images, *STEPS, "--no-gate")
    deployment.kill_when_it_prints("all=lambda gets 50 % of the requests.", *move)

    assert weights(deployment) == [[10, 90]]
    status = deployment.succeed("status")
    assert ("10 %" in status, "90 %" in status) == (True, True)
    with callers(deployment, "/api/users") as statuses:
        deployment.succeed("rollback", "--yes", "--drain", "0")
        assert set(deployment.stacks()) & {"all-ecs", "all-lambda"} == {"all-ecs"}
        deployment.kill_when_it_prints("all=lambda gets 50 % of the requests.", *move)
        deployment.succeed(*move)
    assert [*statuses] == [200]
    assert runtime(deployment) == "lambda"


def test_a_unit_gets_the_capacity_of_the_one_before_it(aws: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path, "kubectl", fake_kubectl)
    deployment = Deployment(aws, path=f"{tmp_path}:{os.defpath}")
    eks = ("--service-image", IMAGE, "--inside-network", *UNREACHED)
    deployment.up("all=ecs", "--service-image", IMAGE)
    cluster = f"shapeshift-{deployment.environment}-all"
    ecs = deployment.client("ecs")
    ecs.update_service(cluster=cluster, service="service", desiredCount=5)

    printed = deployment.up("all=eks", *eks)

    assert "all=eks gets 5, as many as all=ecs." in printed
    assert "The answers of the units are not compared: the load balancer does not answer this machine." in printed
    assert json.loads((tmp_path / "cluster.json").read_text())["shapeshift-all"]["replicas"] == 5
    printed = deployment.up("all=ecs", *eks)
    assert "all=ecs gets 5, as many as all=eks." in printed
    [service] = ecs.describe_services(cluster=cluster, services=["service"])["services"]
    assert service["desiredCount"] == 5
    deployment.close()


def test_what_could_not_be_judged_is_refused(deployment: Deployment, code: str) -> None:
    deployment.up("all=ecs", "--service-image", IMAGE)
    move = ("up", "all=lambda", "--lambda-zip", code, *STEPS)
    for steps, bake in (("10,50", "0s"), ("50,10,100", "0s"), ("0,100", "0s"), ("10,10,100", "0s"), ("x,100", "0s")):
        refused = deployment.run(*move[:4], "--shift", steps, "--bake", bake)
        assert f"--shift {steps} is no series of steps." in refused.errors
    assert "all-lambda" not in deployment.stacks()
