"""Each role may do what the application does, and nothing else: the calls of a whole story against the policies."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from containers import aws, ecs
from containers.ecs import EcsContainer
from loopback.aws import ministack
from service.adapters.dynamodb.transport import HttpTransport
from tests.deploy.templates import SERVICES, as_list, read, statements

USERS_TABLE, ORDERS_TABLE = "shapeshift-dev-users", "shapeshift-dev-orders"
PREFIX = "/shapeshift/dev"
RESOURCES = {USERS_TABLE: "UsersTableArn", ORDERS_TABLE: "OrdersTableArn"}
IN_A_TRANSACTION = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}

Call = tuple[str, str]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An account with the tables and parameters of data.yaml."""
    tables = {"users_table": USERS_TABLE, "orders_table": ORDERS_TABLE}
    settings = {"store": "dynamodb", "cursor_secret": "s3cret" * 3, **tables}
    with ministack(tmp_path_factory.mktemp("aws"), "dynamodb,ssm") as environ, pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        ssm = boto3.session.Session().client("ssm")
        for key, value in settings.items():
            ssm.put_parameter(Name=f"{PREFIX}/{key}", Value=value, Type="SecureString")
        ssm.close()
        container(environ, "users,orders").migrate()
        yield environ


def container(environ: dict[str, str], services: str) -> Any:
    return EcsContainer(environ={**environ, "CONFIG_PREFIX": PREFIX, "SERVICES": services})


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> set[Call]:
    """What is asked of AWS, as an action and the table or path that it is asked about."""
    made: set[Call] = set()

    def record_parameters(params: dict[str, Any], model: Any, **_: Any) -> None:
        made.add((f"ssm:{model.name}", params["Path"]))

    make, call = aws.aws_client, HttpTransport.call

    def recorded_client(*args: Any) -> Any:
        client = make(*args)
        client.meta.events.register("before-parameter-build", record_parameters)
        return client

    async def recorded_call(transport: HttpTransport, operation: Any, params: Any, seconds: float) -> Any:
        for [(kind, action)] in (each.items() for each in params.get("TransactItems", [])):
            made.add((IN_A_TRANSACTION[kind], action["TableName"]))
        if "TableName" in params:
            made.add((f"dynamodb:{operation}", params["TableName"]))
        return await call(transport, operation, params, seconds)

    monkeypatch.setattr(ecs, "aws_client", recorded_client)
    monkeypatch.setattr(HttpTransport, "call", recorded_call)
    return made


async def story(app: Any, user_id: str) -> None:
    """Everything that can be done; what this process does not serve is answered with 404."""
    transport = httpx.ASGITransport(app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        assert (await client.get("/api/health/ready")).status_code == 200
        user = await client.post("/api/users", json={"name": "Grace", "email": "grace@example.com"})
        for path in ("/api/users", "/api/users/none", "/api/orders", f"/api/orders?user_id={user_id}"):
            await client.get(path)
        await client.post("/api/orders", json={"user_id": user_id, "product": "Tea", "quantity": 1, "id": "tea"})
        await client.get("/api/orders/tea")
        await client.patch("/api/orders/tea", json={"status": "completed"})
        await client.delete("/api/orders/tea")
        if user.status_code == 201:
            assert (await client.delete(f"/api/users/{user.json()['id']}")).status_code == 204


async def an_owner(app: Any) -> str:
    """A user whom another process made."""
    transport = httpx.ASGITransport(app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        listed = (await client.get("/api/users")).json()
        if not listed:
            listed = [(await client.post("/api/users", json={"name": "Ada", "email": "ada@example.com"})).json()]
        user_id: str = listed[0]["id"]
        return user_id


def granted(path: Path, services: str) -> set[Call]:
    """The actions on tables and parameters that a template's roles allow, with the parameter that says which."""
    allowed = set()
    for statement in statements(read(path), Services=services):
        for action in as_list(statement["Action"]):
            if action.startswith("dynamodb:"):
                allowed.add((action, statement["Resource"]["Ref"]))
            elif action.startswith("ssm:"):
                below = {each["Fn::Sub"].partition(":parameter")[2] for each in statement["Resource"]}
                assert below == {"${ConfigPrefix}", "${ConfigPrefix}/*"}
                allowed.add((action, "ConfigPrefix"))
    return allowed


@pytest.mark.parametrize("services", ["users,orders", "users", "orders"])
def test_the_roles_may_do_what_the_application_does_and_nothing_else(
    account: dict[str, str], calls: set[Call], services: str
) -> None:
    owner = asyncio.run(an_owner(container(account, "users,orders").app()))
    calls.clear()

    asyncio.run(story(container(account, services).app(), owner))

    made = {(action, RESOURCES.get(target, "ConfigPrefix")) for action, target in calls}
    assert len(made) > 4
    on_ecs = made
    elsewhere = {call for call in made if not call[0].startswith("ssm:")}  # settings come as variables and files
    assert {path.stem: granted(path, services) for path in SERVICES} == {
        "service-lambda": elsewhere,
        "service-ecs": on_ecs,
        "service-eks": elsewhere,
    }
