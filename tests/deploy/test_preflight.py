"""What would fail later, or interrupt the service, is refused before anything is changed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy import images, preflight
from deploy.cli import main
from deploy.errors import DeployError
from deploy.options import parse_cidr
from tests.deploy import fake_docker, fake_kubectl
from tests.deploy.commands import ADDRESS, IMAGE, Deployment, program
from tests.deploy.templates import read


@pytest.fixture
def tools(aws: dict[str, str], tmp_path: Path) -> Iterator[Deployment]:
    """An empty environment; docker and kubectl are installed."""
    program(tmp_path, "kubectl", fake_kubectl)
    program(tmp_path, "docker", fake_docker)
    deployment = Deployment(aws, path=f"{tmp_path}:{os.defpath}")
    yield deployment
    deployment.close()


def parameters(deployment: Deployment, stack: str) -> dict[str, str]:
    [found] = deployment.client("cloudformation").describe_stacks(
        StackName=f"shapeshift-{deployment.environment}-{stack}"
    )["Stacks"]
    return {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}


def test_what_is_deployed_is_not_changed_in_a_way_that_aws_refuses(deployment: Deployment, code: str) -> None:
    """A target group belongs to one load balancer, and the package type of a function cannot change."""
    printed = deployment.up("all=lambda", "--lambda-zip", code)
    assert "It is internal: run this inside the network vpc-" in printed
    assert parameters(deployment, "edge")["Scheme"] == "internal"
    before = deployment.stacks()

    changes = ("all=lambda", "--allow-cidr", ADDRESS, "--lambda-image", "example.com/function:1")
    for refused in (deployment.run("plan", *changes), deployment.run("up", *changes, "--yes")):
        assert refused.status == 1
        assert "the load balancer is internal, and AWS cannot make it internet-facing" in refused.errors
        assert "all=lambda cannot change between an image and a ZIP" in refused.errors
    assert deployment.stacks() == before
    assert deployment.run("plan").status == 0


def test_settings_that_cannot_work_are_refused_together(tools: Deployment, code: str) -> None:
    settings = ("--set", "lambda.ManagedInstances=true", "--lambda-zip", code, "--service-image", IMAGE)

    refused = tools.run("up", "users=eks", "orders=lambda", *settings, "--yes")

    assert refused.status == 1
    assert "the Kubernetes API is private, so kubectl on this machine cannot reach it" in refused.errors
    assert "lambda.ManagedInstances=true needs lambda.MemorySize=2048 or more, not 1024" in refused.errors
    assert tools.stacks() == {}
    planned = tools.run("plan", "users=eks", "orders=lambda", *settings, "--set", "lambda.MemorySize=2048")
    assert planned.status == 2, planned.errors


def test_managed_instances_have_a_rule_against_the_default_memory() -> None:
    template = read("all-lambda")
    default = template["Parameters"]["MemorySize"]["Default"]
    [rule] = template["Rules"].values()

    assert {"Fn::Not": [{"Fn::Equals": [{"Ref": "MemorySize"}, str(default)]}]} in [
        each["Assert"] for each in rule["Assertions"]
    ]


@pytest.mark.parametrize("host", ["arm64", "x86_64"])
def test_an_image_for_a_foreign_architecture_needs_qemu(
    tools: Deployment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str
) -> None:
    foreign, machine = {"arm64": ("x86_64", "x86_64"), "x86_64": ("arm64", "aarch64")}[host]
    monkeypatch.setattr(preflight, "BINFMT", tmp_path)
    for module in (images, preflight):
        monkeypatch.setattr(module, "host_architecture", lambda: host)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    for variable, value in {**tools.aws, "PATH": tools.path}.items():
        monkeypatch.setenv(variable, value)
    up = ["up", "users=ecs", "--environment", tools.environment, "--architecture"]

    refused = CliRunner().invoke(main, [*up, foreign], input="n\n")
    assert refused.exit_code == 1
    assert f"docker cannot build for {foreign} on this machine: install QEMU" in refused.output
    assert "Continue?" in CliRunner().invoke(main, [*up, host], input="n\n").output
    (tmp_path / f"qemu-{machine}").touch()
    assert "Continue?" in CliRunner().invoke(main, [*up, foreign], input="n\n").output


def test_an_image_is_built_for_the_architecture_of_this_machine(tools: Deployment) -> None:
    asked = tools.run("up", "users=ecs", answer="n\n")
    assert f"-{images.host_architecture()}\n" in asked.output


def test_a_load_balancer_admits_the_addresses_that_are_given(deployment: Deployment, code: str) -> None:
    printed = deployment.up("all=lambda", "--lambda-zip", code, "--allow-cidr", ADDRESS)

    assert f"Only {ADDRESS} may connect." in printed
    edge = parameters(deployment, "edge")
    assert (edge["Scheme"], edge["ClientCidr"]) == ("internet-facing", ADDRESS)
    assert deployment.run("plan").status == 0, "the addresses are kept"


@pytest.mark.parametrize("cidr", ["me", "203.0.113.7/24"])
def test_a_range_of_addresses_is_checked(cidr: str) -> None:
    with pytest.raises(DeployError, match="is not a range"):
        parse_cidr(cidr)


def test_kubernetes_is_never_open_to_everybody() -> None:
    assert parse_cidr(ADDRESS)["cluster"] == {"PublicAccessCidrs": ADDRESS}
    assert parse_cidr("0.0.0.0/0")["cluster"] == {}
