"""Each role may do what the application does, and nothing else: the calls of a whole story against the policies."""

import asyncio
from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest

from containers import aws, ecs
from containers.ecs import EcsContainer
from deploy.units import ALL, COMPUTES
from loopback.aws import ministack
from service.adapters.dynamodb.transport import HttpTransport
from service.application.ports import table_setting
from service.domain.entities import ENTITIES, stored_for
from tests.deploy.templates import WHOLE, as_list, read, statements

NAMES = "shapeshift-dev-"
PREFIX = "/shapeshift/dev"
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
    tables = {table_setting(entity): f"{NAMES}{entity}" for entity in ENTITIES}
    settings = {"store": "dynamodb", "cursor_secret": "s3cret" * 3, **tables}
    with ministack(tmp_path_factory.mktemp("aws"), "dynamodb,ssm") as environ, pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        ssm = boto3.session.Session().client("ssm")
        for key, value in settings.items():
            ssm.put_parameter(Name=f"{PREFIX}/{key}", Value=value, Type="SecureString")
        ssm.close()
        container(environ, ",".join(ENTITIES)).migrate()
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


def granted(stack: str) -> set[Call]:
    """The actions that a template's roles allow, each with the entity whose table it is allowed on, or `settings`."""
    allowed = set()
    for statement in statements(read(stack)):
        for action in as_list(statement["Action"]):
            named = [each["Fn::Sub"] for each in as_list(statement["Resource"]) if "Fn::Sub" in each]
            if action.startswith("dynamodb:"):
                allowed |= {(action, arn.partition(":table/${App}-${Environment}-")[2]) for arn in named}
            elif action.startswith("ssm:"):
                assert {arn.partition(":parameter")[2] for arn in named} == {"${ConfigPrefix}", "${ConfigPrefix}/*"}
                allowed.add((action, "settings"))
    return allowed


@pytest.mark.parametrize("unit", [ALL, *ENTITIES])
def test_the_roles_may_do_what_the_application_does_on_the_tables_that_it_uses_and_no_others(
    account: dict[str, str], calls: set[Call], unit: str
) -> None:
    served = [*ENTITIES] if unit == ALL else [unit]
    owner = asyncio.run(an_owner(container(account, ",".join(ENTITIES)).app()))
    calls.clear()

    asyncio.run(story(container(account, ",".join(served)).app(), owner))

    made = {(action, target.removeprefix(NAMES) if NAMES in target else "settings") for action, target in calls}
    assert len(made) > 4
    settings = {call for call in made if call[1] == "settings"}
    for compute in COMPUTES:
        allowed = granted(f"{unit}-{compute}")
        assert made - allowed <= settings  # which come as variables or files elsewhere
        assert {call for call in allowed if call[1] == "settings"} == (settings if compute == "ecs" else set())
        assert {table for action, table in allowed if action.startswith("dynamodb:")} == {*stored_for(served)}
        assert {action for action, table in allowed if table not in {*served, "settings"}} <= {"dynamodb:UpdateItem"}


@pytest.mark.parametrize("stack", WHOLE)
def test_every_action_that_a_role_allows_on_a_table_is_used_by_some_entity(
    account: dict[str, str], calls: set[Call], stack: str
) -> None:
    whole = ",".join(ENTITIES)
    owner = asyncio.run(an_owner(container(account, whole).app()))
    asyncio.run(story(container(account, whole).app(), owner))

    used = {action for action, _ in calls if action.startswith("dynamodb:")}
    assert {action for action, _ in granted(stack) if action.startswith("dynamodb:")} == used
