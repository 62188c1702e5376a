"""Pods on EKS: everything but the cluster itself is real. kubectl is a program that stores what it applies."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import fake_kubectl
from tests.deploy.commands import ADDRESS, IMAGE, Deployment, program


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    program(tmp_path, "kubectl", fake_kubectl)
    return tmp_path


@pytest.fixture
def pods(aws: dict[str, str], tools: Path) -> Iterator[Deployment]:
    deployment = Deployment(aws, path=f"{tools}:{os.defpath}")
    yield deployment
    deployment.close()


def test_pods_are_deployed_planned_and_moved_like_other_units(pods: Deployment, tools: Path, code: str) -> None:
    printed = pods.up(
        "users=eks", "orders=lambda", "--service-image", IMAGE, "--lambda-zip", code, "--allow-cidr", ADDRESS
    )
    assert f"Only {ADDRESS} may connect." in printed

    applied = json.loads((tools / "cluster.json").read_text())
    settings = applied["shapeshift-users"]["configMapGenerator"][0]["literals"]
    assert f"users_table=shapeshift-{pods.environment}-users" in settings
    assert {"store=dynamodb", "services=users", "aws_region=eu-central-1"} < set(settings)
    assert applied["shapeshift-users"]["images"] == [{"name": "service", "newName": "example.com/shop", "newTag": "1"}]
    assert IMAGE in pods.succeed("status")

    planned = pods.run("plan", "users=eks", "--service-image", "example.com/shop:2", "--architecture", "x86_64")
    assert planned.status == 2
    assert "~ the pods" in planned.output
    pods.up("users=eks", "--service-image", "example.com/shop:2", "--architecture", "x86_64")
    assert pods.run("plan").status == 0, "image and architecture are what runs"

    pods.up("users=ecs")
    assert "cluster" not in pods.stacks()
    assert set(json.loads((tools / "cluster.json").read_text())) == {"cluster"}
    secret = pods.client("ssm").get_parameter(
        Name=f"/shapeshift/{pods.environment}/cursor_secret", WithDecryption=True
    )["Parameter"]["Value"]
    assert secret not in "".join(pods.printed)
    group = f"/aws/eks/shapeshift-{pods.environment}/cluster"
    logs = pods.client("logs")
    kept = [each["logGroupName"] for each in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]]
    assert kept == [group], "EKS creates it again after the cluster is deleted"
    pods.up("users=eks", "--allow-cidr", ADDRESS)
    assert "cluster" in pods.stacks(), "the next cluster takes it over"
    pods.succeed("down", "--data", "--yes")
    assert pods.stacks() == {}
