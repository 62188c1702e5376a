"""Failures: runs that are killed, stacks that fail, and the messages that are printed."""

import signal
import zipfile
from pathlib import Path

import pytest

from tests.deploy.commands import IMAGE, Deployment

HOLD = "hold"  # the emulator's: no ECS deployment becomes steady
NOTHING_FITS = ("--set", "ecs.MinTasks=5", "--set", "ecs.MaxTasks=2")

# Moments of a first deployment, and then of a move to ECS, by what is printed then.
FIRST = ("UsersTable", "-edge  CREATE", "-all-lambda  CREATE")
MOVE = (
    "+ all=ecs",
    "-all-ecs  CREATE_COMPLETE      TaskRole",
    "The route changes to all=ecs",
    "-all-lambda  is deleted",
)


def test_a_run_that_is_killed_anywhere_is_continued_by_the_next(deployment: Deployment, code: str) -> None:
    first = ("up", "all=lambda", "--lambda-zip", code, "--yes", "--drain", "0")
    for moment in FIRST:
        deployment.kill_when_it_prints(moment, *first)
    deployment.succeed(*first)
    with deployment.callers() as client:
        user = client.post("/api/users", json={"name": "Ada", "email": "ada@example.com"}).json()["id"]

        move = ("up", "all=ecs", "--service-image", IMAGE, "--yes", "--drain", "0", "--no-gate")
        for moment in MOVE:
            deployment.kill_when_it_prints(moment, *move)
            assert client.get(f"/api/users/{user}").status_code == 200
        deployment.succeed(*move)

        assert client.get("/api/health").json()["runtime"] == "ecs"
        assert client.get(f"/api/users/{user}").status_code == 200
    assert not {each for each in deployment.stacks() if each.endswith("lambda")}
    assert deployment.run("plan").status == 0


def test_a_stack_under_way_is_waited_for(deployment: Deployment, emulator: Path) -> None:
    up = ("up", "users=ecs", "--service-image", IMAGE, "--yes", "--drain", "0")
    hold = emulator / HOLD
    hold.touch()
    try:
        deployment.kill_when_it_prints("-users-ecs  CREATE_IN_PROGRESS   Service", *up)
        waiting = "CREATE_IN_PROGRESS, from an earlier run: waiting for it"
        interrupted = deployment.kill_when_it_prints(waiting, *up, number=signal.SIGINT)
    finally:
        hold.unlink()

    assert "interrupted. AWS completes what it started; the same command continues." in interrupted
    assert "Traceback" not in interrupted
    deployment.succeed(*up)


def test_the_cause_of_a_failure_comes_first_and_the_old_unit_still_serves(deployment: Deployment, code: str) -> None:
    deployment.up("all=lambda", "--lambda-zip", code)

    failed = deployment.run("up", "all=ecs", "--service-image", IMAGE, "--yes", "--drain", "0", *NOTHING_FITS)

    assert failed.status == 1
    lines = failed.errors.splitlines()
    assert lines[0] == f"deploy: shapeshift-{deployment.environment}-all-ecs failed. The cause:"
    assert lines[1].strip().startswith("ScalableTarget (AWS::ApplicationAutoScaling::ScalableTarget): Maximum capacity")
    assert "run the same command again" in failed.errors
    with deployment.callers() as client:
        assert client.get("/api/health").json()["runtime"] == "lambda"
    assert deployment.stacks()["all-ecs"] == "ROLLBACK_COMPLETE"
    assert deployment.run("status").status == 0
    planned = deployment.run("plan", "all=ecs", "--service-image", IMAGE)
    assert (planned.status, "ROLLBACK_COMPLETE" in planned.output) == (2, True)

    again = deployment.up("all=ecs", "--service-image", IMAGE)
    assert "ROLLBACK_COMPLETE: its creation failed, so it is deleted and created again" in again
    failed = deployment.run("up", "all=ecs", "--yes", *NOTHING_FITS)
    assert "It was rolled back: what ran before still runs." in failed.errors
    with deployment.callers() as client:
        assert client.get("/api/health").json()["runtime"] == "ecs"


def test_a_unit_that_is_not_healthy_never_gets_the_route(deployment: Deployment, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("containers/__init__.py", "")
        archive.writestr("containers/entrypoints/__init__.py", "")
        archive.writestr("containers/entrypoints/aws_lambda.py", "raise RuntimeError('half a handler')")

    failed = deployment.run("up", "all=lambda", "--lambda-zip", str(broken), "--yes", "--health-timeout", "0")

    assert failed.status == 1
    assert "all=lambda is deployed, but not healthy after 0 s: the function failed" in failed.errors
    assert "half a handler" in failed.errors
    assert "X-Preview-Unit: all-lambda" in failed.errors
    with deployment.callers() as client:
        assert client.get("/api/users").status_code == 404
        assert client.get("/api/users").json()["type"] == "/problems/not-found"


def test_all_that_is_missing_is_reported_at_once_and_before_any_change(aws: dict[str, str], tmp_path: Path) -> None:
    deployment = Deployment(aws, path=str(tmp_path))

    refused = deployment.run("up", "users=eks", "orders=lambda", "--yes")

    assert refused.status == 1
    assert "kubectl is not installed" in refused.errors
    assert "docker is not installed" in refused.errors
    assert "--lambda-image URI and --service-image URI" in refused.errors
    assert deployment.stacks() == {}
    deployment.close()


def test_nothing_is_changed_without_consent(deployment: Deployment, code: str) -> None:
    for answer in ("n\n", ""):
        assert deployment.run("up", "all=lambda", "--lambda-zip", code, answer=answer).status == 1
    assert deployment.stacks() == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("up", "all=mars", "--yes"), "all=mars is not a unit"),
        (("up", "ecs", "--yes"), "ecs is not a unit"),
        (("up", "all=ecs", "users=ecs", "--yes"), "all is users, orders together"),
        (("up", "users=ecs", "users=lambda", "--yes"), "names a unit twice"),
        (("up", "all=ecs", "--set", "moon.Size=1", "--yes"), "--set moon.Size=1 is not KIND.Parameter=value"),
        (("up", "all=ecs", "--set", "data.Size=1", "--yes", "--service-image", IMAGE), "data has no parameter Size"),
        (("up", "all=ecs", "--service-image", "example.com/shop", "--yes"), "is a repository, not an image"),
        (("up", "all=ecs", "--vpc-id", "vpc-1", "--yes"), "--public-subnets"),
        (("plan",), "Nothing is deployed yet"),
        (("url",), "No unit has a Function URL"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_a_mistake_is_explained(deployment: Deployment, arguments: tuple[str, ...], words: str) -> None:
    refused = deployment.run(*arguments)
    assert refused.status == 1
    assert words in refused.errors
    assert deployment.stacks() == {}


@pytest.mark.parametrize(
    ("arguments", "environ", "words"),
    [
        ((), {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, "Give --region"),
        ((), {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "There are no credentials for AWS"),
        (("--profile", "nobody"), {}, "aws configure list-profiles"),
        ((), {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "Check the network"),
    ],
)
def test_the_message_says_what_to_do_when_aws_cannot_be_called(
    deployment: Deployment, arguments: tuple[str, ...], environ: dict[str, str], words: str
) -> None:
    refused = deployment.run("status", *arguments, **environ)
    assert refused.status == 1
    assert words in refused.errors


def test_help_says_what_a_unit_is(deployment: Deployment) -> None:
    shown = deployment.run("up", "--help")
    assert shown.status == 0
    assert "all=COMPUTE, or the part for one entity" in shown.output
