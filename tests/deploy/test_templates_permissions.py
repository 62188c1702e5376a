"""Each role may do what the application does, and nothing else: the calls of a whole story against the policies."""

import asyncio
from collections.abc import Iterable, Iterator
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
from service.application.use_cases import CHANGE
from service.domain.entities import ENTITIES, referring_to, stored_for
from service.domain.rules import Choice
from tests.deploy.templates import WHOLE, as_list, read, statements
from tests.examples import an_entity

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


async def story(app: Any, served: Iterable[str], owner_ids: dict[str, str]) -> None:
    """Everything that can be done with the entities that a process serves. `owner_ids`: by the owner's kind."""
    async with app.lifespan(), shop(app) as client:
        assert (await client.get("/api/health/ready")).status_code == 200
        for entity in served:
            path, owner = f"/api/{entity}", ENTITIES[entity].owner
            created = await client.post(path, json=input_of(entity, owner_ids))
            assert created.status_code == 201
            of_owner = f"?{owner.field.name}={owner_ids[owner.entity.name]}" if owner else ""
            for query in ("", "/none", of_owner):
                await client.get(path + query)
            item = f"{path}/{created.json()['id']}"
            assert (await client.get(item)).status_code == 200
            await client.patch(item, json=change_of(entity))
            assert (await client.delete(item)).status_code == 204


async def owners(app: Any) -> dict[str, str]:
    """The ids of entities that others refer to, and that another process made, by their kinds."""
    found: dict[str, str] = {}
    async with app.lifespan(), shop(app) as client:
        for entity in (each for each in ENTITIES if referring_to(each)):
            created = await client.post(f"/api/{entity}", json=input_of(entity, found))
            found[entity] = created.json()["id"]
    return found


def shop(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example")


def change_of(name: str) -> dict[str, Any]:
    """What changes an entity of this kind, if anything does: its last options, and other texts."""
    changed: dict[str, Any] = {}
    for field in map(ENTITIES[name].field, CHANGE[name].fields if name in CHANGE else ()):
        rule: Any = field.rule
        changed[field.name] = [*rule.options][-1] if isinstance(rule, Choice) else f"new-{rule.example}"
    return changed


def input_of(name: str, owner_ids: dict[str, str]) -> dict[str, Any]:
    """What creates an entity of this kind."""
    entity = ENTITIES[name]
    references = {entity.owner.field.name: owner_ids[entity.owner.entity.name]} if entity.owner else {}
    made = entity.to_plain(an_entity(entity, **references))
    return {field.name: made[field.name] for field in entity.inputs if not field.is_optional}


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
    owner_ids = asyncio.run(owners(container(account, ",".join(ENTITIES)).app()))
    calls.clear()

    asyncio.run(story(container(account, ",".join(served)).app(), served, owner_ids))

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
    owner_ids = asyncio.run(owners(container(account, whole).app()))
    asyncio.run(story(container(account, whole).app(), ENTITIES, owner_ids))

    used = {action for action, _ in calls if action.startswith("dynamodb:")}
    assert {action for action, _ in granted(stack) if action.startswith("dynamodb:")} == used
