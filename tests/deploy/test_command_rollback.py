"""Releases are stored, and `rollback` returns to one of them: what ran, how it was set, and on which compute."""

import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.releases import Release
from deploy.units import Unit
from tests.deploy import fake_docker, fake_kubectl
from tests.deploy.commands import IMAGE, UNREACHED, Deployment, program

ROLLBACK = ("rollback", "--yes", "--drain", "0")
NEXT = "example.com/shop:2"


@pytest.fixture
def shop(aws: dict[str, str], tmp_path: Path) -> Iterator[Deployment]:
    """An empty environment; kubectl is installed, docker is not."""
    program(tmp_path, "kubectl", fake_kubectl)
    deployment = Deployment(aws, path=f"{tmp_path}:{os.defpath}")
    yield deployment
    deployment.close()


@pytest.fixture
def other_code(code: str, tmp_path: Path) -> str:
    """The same function, as another ZIP."""
    other = tmp_path / "other.zip"
    other.write_bytes(Path(code).read_bytes())
    with zipfile.ZipFile(other, "a") as archive:
        archive.writestr("release", "2")
    return str(other)


def runtime(deployment: Deployment) -> str:
    with deployment.callers() as client:
        return str(client.get("/api/health").json()["runtime"])


def parameters(deployment: Deployment, stack: str) -> dict[str, str]:
    name = f"shapeshift-{deployment.environment}-{stack}"
    [found] = deployment.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}


def units(deployment: Deployment) -> set[str]:
    return {name for name in deployment.stacks() if "-" in name}


def test_rollback_returns_to_the_code_and_the_settings_of_the_release_before(
    deployment: Deployment, code: str, other_code: str
) -> None:
    deployment.up("all=lambda", "--lambda-zip", code)
    first = parameters(deployment, "all-lambda")["CodeKey"]
    deployment.up("all=lambda", "--lambda-zip", other_code, "--set", "lambda.MemorySize=512")
    second = parameters(deployment, "all-lambda")["CodeKey"]
    assert first != second

    printed = deployment.succeed(*ROLLBACK)

    assert "Release 1, of " in printed
    now = parameters(deployment, "all-lambda")
    assert (now["CodeKey"], now["MemorySize"]) == (first, "1024")
    assert deployment.run("plan").status == 0
    assert runtime(deployment) == "lambda"
    deployment.succeed(*ROLLBACK, "--to", "2")
    now = parameters(deployment, "all-lambda")
    assert (now["CodeKey"], now["MemorySize"]) == (second, "512")
    status = deployment.succeed("status")
    assert status.count(first[:20]) == 2, "releases 1 and 3 ran it"


def test_rollback_returns_to_the_units_that_had_the_route(shop: Deployment, code: str) -> None:
    here = ("--inside-network", *UNREACHED)
    shop.up("users=eks", "orders=lambda", "--service-image", IMAGE, "--lambda-zip", code, *here)
    shop.up("all=ecs", "--service-image", NEXT, *here)
    assert runtime(shop) == "ecs"

    shop.succeed(*ROLLBACK, "--inside-network", *UNREACHED)

    assert units(shop) == {"users-eks", "orders-lambda"}
    assert IMAGE in shop.succeed("status")
    shop.succeed(*ROLLBACK, "--inside-network", *UNREACHED)
    assert units(shop) == {"all-ecs"}
    assert parameters(shop, "all-ecs")["ImageUri"] == NEXT


def test_a_unit_that_is_kept_gets_the_route_back_at_once(deployment: Deployment, code: str) -> None:
    images = ("--service-image", IMAGE, "--lambda-zip", code)
    deployment.up("all=ecs", *images)
    printed = deployment.up("all=lambda", *images, "--keep", "1h")
    assert "- all=ecs is kept for now" in printed
    assert "all=ecs is kept until " in printed
    assert "all=ecs is kept until " in deployment.succeed("status")
    assert units(deployment) == {"all-ecs", "all-lambda"}
    assert runtime(deployment) == "lambda"
    assert deployment.run("plan").status == 0
    deployment.up("all=lambda", "--set", "lambda.MemorySize=512")
    assert units(deployment) == {"all-ecs", "all-lambda"}, "its time has not ended"

    printed = deployment.succeed(*ROLLBACK, "--to", "1")

    assert "all-ecs  no changes" in printed
    assert runtime(deployment) == "ecs"
    assert units(deployment) == {"all-ecs"}


def test_a_unit_is_deleted_when_its_time_has_ended(deployment: Deployment, code: str) -> None:
    images = ("--service-image", IMAGE, "--lambda-zip", code)
    deployment.up("all=ecs", *images)
    deployment.up("all=lambda", *images, "--keep", "1h")
    ssm, name = deployment.client("ssm"), f"/shapeshift/{deployment.environment}/deploy/release"
    stored = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    year = f"{datetime.now(UTC):%Y}"
    ended = stored.replace(f'"all=ecs": "{year}', '"all=ecs": "2001')
    assert ended != stored
    ssm.put_parameter(Name=name, Value=ended, Type="String", Overwrite=True)

    planned = deployment.run("plan")
    assert (planned.status, "- the whole stack" in planned.output) == (2, True)
    deployment.up("all=lambda")
    assert units(deployment) == {"all-lambda"}
    assert deployment.run("plan").status == 0


def test_what_cannot_be_returned_to_is_refused_before_any_change(deployment: Deployment, code: str) -> None:
    refused = deployment.run(*ROLLBACK)
    assert (refused.status, "There is no earlier release." in refused.errors) == (1, True)
    deployment.up("all=lambda", "--lambda-zip", code)
    assert "There is no earlier release." in deployment.run(*ROLLBACK).errors
    assert "There is no release 7." in deployment.run(*ROLLBACK, "--to", "7").errors
    deployment.up("all=ecs", "--service-image", IMAGE)
    bucket = deployment.client("s3")
    for each in bucket.list_buckets()["Buckets"]:
        if deployment.environment in each["Name"]:
            for found in bucket.list_objects_v2(Bucket=each["Name"]).get("Contents", []):
                bucket.delete_object(Bucket=each["Name"], Key=found["Key"])

    refused = deployment.run(*ROLLBACK)

    assert refused.status == 1
    assert "Nothing was changed: release 1 of all=lambda ran lambda-" in refused.errors
    assert units(deployment) == {"all-ecs"}
    assert deployment.run(*ROLLBACK[:1], "--to", "2", answer="n\n").status == 1


def test_images_that_were_built_are_not_built_again(aws: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path, "docker", fake_docker)
    deployment = Deployment(aws, path=f"{tmp_path}:{os.defpath}")
    deployment.up("users=ecs")
    deployment.up("users=ecs", "--build-again")
    (tmp_path / "docker").unlink()

    deployment.succeed(*ROLLBACK)

    assert deployment.run("plan").status == 0
    deployment.succeed("down", "--yes")
    assert "There is no earlier release." in deployment.run(*ROLLBACK).errors
    deployment.close()


def test_a_deployment_of_a_version_that_stored_no_releases_can_be_returned_to(
    deployment: Deployment, code: str
) -> None:
    deployment.up("all=lambda", "--lambda-zip", code)
    deployment.client("ssm").delete_parameter(Name=f"/shapeshift/{deployment.environment}/deploy/release")
    deployment.up("all=ecs", "--service-image", IMAGE)

    deployment.succeed(*ROLLBACK)

    assert units(deployment) == {"all-lambda"}


def test_a_release_is_read_as_it_was_stored() -> None:
    until = datetime.now(UTC) + timedelta(minutes=5)
    ended = datetime.now(UTC) - timedelta(minutes=5)
    release = Release(
        {Unit("users", "ecs"): {"ImageUri": IMAGE}, Unit("orders", "lambda"): {"CodeKey": "a.zip"}},
        {Unit("all", "eks"): until, Unit("all", "ecs"): ended},
        "ada",
        3,
        until,
    )
    assert Release.parse({"Value": release.text(), "Version": 3, "LastModifiedDate": until}) == release
    assert release.kept_now() == {Unit("all", "eks")}
