"""With IAM enforced: what units may do, who may call a function's own URL, and a deployer who may not."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from loopback.aws import cloud
from tests.deploy.commands import IMAGE, Deployment


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, code: str) -> Iterator[Deployment]:
    """Users on ECS, orders on Lambda with a URL of its own."""
    with cloud(tmp_path_factory.mktemp("guarded"), AUTH="true") as aws:
        deployment = Deployment(aws)
        images = ["--service-image", IMAGE, "--lambda-zip", code]
        deployment.up("users=ecs", "orders=lambda", *images, "--set", "lambda.FunctionUrl=iam")
        yield deployment
        deployment.close()


def test_a_functions_url_answers_signed_requests_only(guarded: Deployment) -> None:
    signed = guarded.succeed("url", "--path", "/api/orders")
    assert "GET /api/orders: 200" in signed

    found = re.search(r"https://(\S+)", signed)
    assert found
    unsigned = httpx.get(f"{guarded.aws['AWS_ENDPOINT_URL']}/api/orders", headers={"Host": found[1]}, trust_env=False)
    assert unsigned.status_code == 403

    refused = guarded.run("url", "orders", "--method", "POST", "--path", "/api/orders", "--data", "{}")
    assert (refused.status, "POST /api/orders: 400" in refused.output) == (1, True)


def test_each_unit_does_its_work_with_the_rights_of_its_role(guarded: Deployment) -> None:
    with guarded.callers() as client:
        answer = client.post("/api/users", json={"name": "Ada", "email": "ada@example.com"})
        assert answer.status_code == 201, answer.text
        user = answer.json()["id"]
        order = {"user_id": user, "product": "Tea", "quantity": 2, "id": "tea"}
        assert client.post("/api/orders", json=order).status_code == 201
        assert client.patch("/api/orders/tea", json={"status": "completed"}).status_code == 200
        assert client.delete(f"/api/users/{user}").status_code == 409
        assert client.delete("/api/orders/tea").status_code == 204
        assert client.delete(f"/api/users/{user}").status_code == 204


@pytest.mark.parametrize(
    ("unit", "role", "path"), [("users-ecs", "TaskRole", "/api/users"), ("orders-lambda", "Role", "/api/orders")]
)
def test_without_its_policy_a_unit_can_do_nothing(guarded: Deployment, unit: str, role: str, path: str) -> None:
    stack = f"shapeshift-{guarded.environment}-{unit}"
    response = guarded.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId=role)
    name = response["StackResourceDetail"]["PhysicalResourceId"]
    iam: Any = guarded.client("iam")
    with guarded.callers() as client:
        assert client.get(path).status_code == 200
        policies = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        for policy in policies:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        assert client.get(path).status_code >= 500


def test_a_person_without_permission_gets_an_explanation(guarded: Deployment) -> None:
    iam: Any = guarded.client("iam")
    iam.create_user(UserName="mallory")
    key = iam.create_access_key(UserName="mallory")["AccessKey"]
    credentials = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    refused = guarded.run("up", "all=ecs", "--yes", **credentials)

    assert refused.status == 1
    assert "AccessDenied" in refused.errors
    assert "deploy/policy.json" in refused.errors

    unknown = guarded.run("status", **{**credentials, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"})
    assert unknown.status == 1
    assert "AWS does not know these credentials" in unknown.errors
