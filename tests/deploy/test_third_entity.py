"""A third entity is deployed as soon as it is a row of the table of entities."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import pytest
from click.testing import CliRunner

from deploy.cli import main
from deploy.cli_run import console
from deploy.template import SHARED, template_of
from deploy.units import every_unit
from service.domain.entities import ENTITIES, stored_for
from service.domain.entity import Entity
from service.domain.fields import Reference
from service.domain.orders import ORDERS
from service.domain.rules import GeneratedId, Moment, Text
from tests.deploy import fake_kubectl
from tests.deploy.commands import IMAGE, Deployment, program
from tests.deploy.templates import read, resources
from tests.deploy.test_templates_permissions import granted


@dataclass(frozen=True, kw_only=True)
class OrderItem:
    id: Annotated[str, GeneratedId()]
    order_id: Annotated[str, Text(1, 36), Reference(ORDERS)]
    created_at: Annotated[datetime, Moment()]


@pytest.fixture(autouse=True)
def order_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENTITIES, "order_items", Entity(OrderItem, "order_items", "order_item"))


@pytest.fixture
def deployment(aws: dict[str, str], tmp_path: Path) -> Iterator[Deployment]:
    program(tmp_path, "kubectl", fake_kubectl)
    deployment = Deployment(aws, path=f"{tmp_path}:{os.defpath}")
    yield deployment
    deployment.close()


def test_its_templates_are_right(tmp_path: Path) -> None:
    for stack in [*SHARED, *(unit.stack for unit in every_unit())]:
        (tmp_path / f"{stack}.yaml").write_text(template_of(stack))
    lint = Path(sys.executable).with_name("cfn-lint")
    command = [str(lint), "--regions", "eu-central-1", "--", *map(str, tmp_path.iterdir())]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (found.returncode, found.stdout) == (0, "")

    rules = resources(read("edge"), "AWS::ElasticLoadBalancingV2::ListenerRule")
    assert [int(rule["Priority"]) for rule in rules.values()] == [*range(100, 100 + len(ENTITIES)), 50000]
    assert "/api/order_items/*" in json.dumps(rules["OrderItemsRule"])
    assert "OrderItemsTable" in resources(read("data"), "AWS::DynamoDB::Table")


def test_its_unit_may_use_its_table_and_count_itself_at_what_it_refers_to() -> None:
    allowed = granted("order-items-ecs")

    assert {action for action, table in allowed if table == "orders"} == {"dynamodb:UpdateItem"}
    assert ("dynamodb:PutItem", "order_items") in allowed
    assert "order_items" not in {table for _, table in granted("orders-ecs")}


def test_it_is_added_to_a_deployment_that_does_not_serve_it(
    deployment: Deployment, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = ["--service-image", IMAGE, "--lambda-zip", code]
    deployment.up("users=ecs", "orders=lambda", *images)  # another process, which does not know it
    dynamodb = deployment.client("dynamodb")
    name = f"shapeshift-{deployment.environment}-"
    before = dynamodb.describe_table(TableName=f"{name}orders")["Table"]["TableId"]
    for variable, value in {**deployment.aws, "PATH": deployment.path}.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(console, "width", 200)

    def run(command: str, *arguments: str) -> Any:
        return CliRunner().invoke(main, [command, "--environment", deployment.environment, *arguments])

    assert run("status").exit_code == 0

    up = run("up", "order_items=eks", "--inside-network", *images, "--yes", "--drain", "0")

    assert up.exit_code == 0, up.output
    assert f"{name}users-ecs" not in up.output, "what is not named is left alone"
    assert set(deployment.stacks()) >= {"users-ecs", "orders-lambda", "order-items-eks"}
    plan = run("plan")
    assert plan.exit_code == 0, plan.output
    assert "order_items" in run("status").output
    assert dynamodb.describe_table(TableName=f"{name}order_items")
    assert dynamodb.describe_table(TableName=f"{name}orders")["Table"]["TableId"] == before, "no table is replaced"
    with deployment.callers() as client:
        assert client.get("/api/users").status_code == 200
        assert client.get("/api/orders").status_code == 200
    applied = json.loads((Path(deployment.path.partition(":")[0]) / "cluster.json").read_text())
    settings = applied["shapeshift-order-items"]["configMapGenerator"][0]["literals"]
    tables = {f"{entity}_table={name}{entity}" for entity in stored_for(["order_items"])}
    assert {*tables, "services=order_items"} < set(settings)

    down = run("down", "--data", "--yes")
    assert down.exit_code == 0, down.output
    assert not [table for table in dynamodb.list_tables()["TableNames"] if table.startswith(name)]
