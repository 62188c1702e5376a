"""The policy for the person who deploys: enough, as far as the emulator and the templates show it."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

import deploy
from loopback.aws import cloud
from tests.deploy.commands import IMAGE, Deployment
from tests.deploy.templates import TEMPLATES, as_list, read

POLICY: dict[str, Any] = json.loads((Path(deploy.__file__).parent / "policy.json").read_text())
PREFIXES = {"elasticloadbalancingv2": "elasticloadbalancing", "applicationautoscaling": "application-autoscaling"}


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Deployment]:
    """An account that enforces policies, and a person who has only this one."""
    with cloud(tmp_path, AUTH="true") as aws:
        owner = Deployment(aws)
        iam = owner.client("iam")
        iam.create_user(UserName="deployer")
        iam.put_user_policy(UserName="deployer", PolicyName="deploy", PolicyDocument=json.dumps(POLICY))
        key = iam.create_access_key(UserName="deployer")["AccessKey"]
        credentials = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        deployer = Deployment({**aws, **credentials})
        yield deployer
        deployer.close()
        owner.close()


def test_it_suffices_for_every_command(guarded: Deployment, code: str) -> None:
    images = ("--service-image", IMAGE, "--lambda-zip", code)
    guarded.up("users=ecs", "orders=lambda", *images)
    assert guarded.run("plan").status == 0
    assert "healthy" in guarded.succeed("status")
    guarded.up("all=lambda", *images)
    guarded.succeed("down", "--data", "--yes")
    assert guarded.stacks() == {}


@pytest.mark.parametrize("stack", TEMPLATES)
def test_it_allows_something_for_each_resource_of_a_template(stack: str) -> None:
    actions = {action for statement in POLICY["Statement"] for action in as_list(statement["Action"])}
    for each in read(stack)["Resources"].values():
        service = each["Type"].split("::")[1].lower()
        prefix = PREFIXES.get(service, service)
        assert [action for action in actions if action.startswith(f"{prefix}:")], each["Type"]


def test_it_allows_changes_of_named_resources_only_where_resources_have_names() -> None:
    [everywhere, *named] = POLICY["Statement"]
    generated = ("ec2", "elasticloadbalancing", "application-autoscaling")
    for action in everywhere["Action"]:
        reads = any(fnmatchcase(action, pattern) for pattern in ("*:Get*", "*:Describe*", "*:List*"))
        assert reads or action.partition(":")[0] in generated, action
    for resource in (resource for statement in named for resource in as_list(statement["Resource"])):
        assert any(name in resource for name in ("shapeshift", "aws-service-role", "capacity-provider")), resource
    assert len(json.dumps(POLICY, separators=(",", ":"))) <= 6144, "the longest managed policy"
