"""Only one run changes an environment at a time, and what a run that ended has left locks nobody out."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.lock_holder import Holder
from tests.deploy.commands import IMAGE, Deployment
from tests.runtimes.processes import wait_until

HOLD = "hold"  # the emulator's: no ECS deployment becomes steady
UP = ("all=ecs", "--service-image", IMAGE, "--yes", "--drain", "0")
ELSEWHERE = Holder("1", "arn:aws:iam::1:user/ada", "up", "ada's laptop", "another kernel", 1, "2026-11-26 10:00", 3600)


def lock(deployment: Deployment) -> str:
    return f"/shapeshift/{deployment.environment}/deploy/lock"


def write(deployment: Deployment, **changes: Any) -> None:
    """Have a run on another machine hold the lock."""
    text = json.dumps(json.loads(ELSEWHERE.text()) | changes)
    deployment.client("ssm").put_parameter(Name=lock(deployment), Value=text, Type="String", Overwrite=True)


def holders(deployment: Deployment) -> list[str]:
    names = [lock(deployment)]
    return [each["Value"] for each in deployment.client("ssm").get_parameters(Names=names)["Parameters"]]


@contextmanager
def under_way(deployment: Deployment, emulator: Path, output: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A run that waits for its tasks until the block ends."""
    (emulator / HOLD).touch()
    try:
        with output.open("wb") as log:
            process = deployment.start("up", *UP, output=log)
        wait_until(lambda: "CREATE_IN_PROGRESS   Service" in output.read_text(), output.read_text)
        yield process
    finally:
        (emulator / HOLD).unlink(missing_ok=True)


def test_a_second_run_is_refused_and_told_who_holds_the_lock(
    deployment: Deployment, emulator: Path, tmp_path: Path
) -> None:
    with under_way(deployment, emulator, tmp_path / "first") as first:
        for command in (("up", *UP), ("down", "--yes")):
            refused = deployment.run(*command)
            assert refused.status == 1
            assert "Nothing was changed, because another run changes this environment: `up` of arn:" in refused.errors
            assert f"(process {first.pid})" in refused.errors
        assert "Being changed by `up`" in deployment.succeed("status")
        assert deployment.run("plan", "all=ecs", "--service-image", IMAGE).status == 2

    assert first.wait() == 0, (tmp_path / "first").read_text()
    assert holders(deployment) == []
    deployment.up("all=ecs")


def test_of_runs_that_start_at_once_one_at_a_time_changes_something(deployment: Deployment, tmp_path: Path) -> None:
    """A lock that expired is taken over by one of them."""
    write(deployment, life_seconds=-1)
    logs = [tmp_path / str(number) for number in range(3)]
    running = []
    for log in logs:
        with log.open("wb") as output:
            running.append(deployment.start("up", *UP, output=output))
    statuses = [process.wait() for process in running]

    printed = [log.read_text() for log in logs]
    assert statuses.count(0) >= 1, printed
    for status, text in zip(statuses, printed, strict=True):
        assert status == 0 or "Nothing was changed, because another run" in text, text
    assert sum("is taken over: it was not renewed for" in text for text in printed) == 1, printed
    assert deployment.stacks()["all-ecs"] == "CREATE_COMPLETE"
    path = lock(deployment).removesuffix("/lock")
    left = deployment.client("ssm").get_parameters_by_path(Path=path, Recursive=True)["Parameters"]
    assert [each["Name"] for each in left] == [f"{path}/release"], "neither a lock nor a claim is left"


def test_a_lock_from_another_machine_is_good_until_it_expires(deployment: Deployment) -> None:
    write(deployment)
    refused = deployment.run("up", *UP)
    assert refused.status == 1
    assert "`up` of arn:aws:iam::1:user/ada, on ada's laptop since 2026-11-26 10:00 (process 1)" in refused.errors
    assert f"aws ssm delete-parameter --name {lock(deployment)}" in refused.errors
    assert deployment.stacks() == {}
    write(deployment, life_seconds=-1)
    assert "is taken over: it was not renewed for " in deployment.up("all=ecs", "--service-image", IMAGE)


def test_a_run_that_was_killed_here_locks_nobody_out(deployment: Deployment) -> None:
    deployment.kill_when_it_prints("UsersTable", "up", *UP)
    assert holders(deployment) != []
    assert "is taken over: its process has ended" in deployment.up("all=ecs", "--service-image", IMAGE)


def test_a_run_that_lost_its_lock_changes_nothing_more(deployment: Deployment, emulator: Path, tmp_path: Path) -> None:
    with under_way(deployment, emulator, tmp_path / "first") as first:
        write(deployment)

    assert first.wait() == 1
    printed = (tmp_path / "first").read_text()
    assert "does not hold the lock of the environment any more, so it changes nothing more" in printed
    assert "on ada's laptop" in printed
    [edge] = deployment.client("cloudformation").describe_stacks(StackName=f"shapeshift-{deployment.environment}-edge")[
        "Stacks"
    ]
    groups = [each["ParameterValue"] for each in edge["Parameters"] if each["ParameterKey"] == "DefaultTargetGroup"]
    assert groups == [""], "the route was not changed"
    assert holders(deployment) == [ELSEWHERE.text()], "the lock of another run is not released"


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"id": "1"}'])
def test_a_lock_that_is_not_understood_is_respected(deployment: Deployment, text: str) -> None:
    deployment.client("ssm").put_parameter(Name=lock(deployment), Value=text or " ", Type="String")
    refused = deployment.run("up", *UP)
    assert (refused.status, "has a text that this command did not write" in refused.errors) == (1, True)


def test_whether_a_process_has_ended_is_known_on_its_own_system_only() -> None:
    this = Holder.this_run("me", "up")
    assert Holder.parse(this.text()) == this
    assert not this.has_ended()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    values = json.loads(this.text()) | {"process": ended.pid}
    assert Holder(**values).has_ended() is bool(this.system)
    assert not Holder(**values | {"system": "another"}).has_ended()
    assert not Holder(**values | {"system": ""}).has_ended()
