"""How the repositories understand what DynamoDB answers, and what they write when others write at the same time."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, Self

import pytest

from containers.local import LocalContainer
from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.failures import Item
from service.adapters.dynamodb.keys import entity_key, entry_keys, guard_key
from service.adapters.dynamodb.repository import DynamoRepository
from service.application.ports import Changed, KeyUse
from service.domain.errors import IdTaken, InUse, NotFound, StoreUnavailable, Taken, UnknownReference
from service.domain.orders import ORDERS, Status
from service.domain.users import USERS, email_key
from tests.adapters.dynamodb.conftest import Script
from tests.adapters.dynamodb.server import Step, answer, cancelled
from tests.examples import NOON, a_user, an_order, table_variables

DONE = answer({})
USER = {
    "id": {"S": "u1"},
    "name": {"S": "Ada"},
    "email": {"S": "ada@example.com"},
    "created_at": {"N": "1763891417531"},
    "orders": {"N": "0"},
}
ORDER = {
    "id": {"S": "o1"},
    "user_id": {"S": "u1"},
    "product": {"S": "Tea"},
    "quantity": {"N": "1"},
    "status": {"S": "pending"},
    "created_at": {"N": "1763891417531"},
}
COMPLETED = {**ORDER, "status": {"S": "completed"}}
NONE, FAILED, MET = "None", "ConditionalCheckFailed", "TransactionConflict"


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([cancelled(FAILED, NONE, NONE, NONE)], UnknownReference),
        ([cancelled(FAILED, FAILED, NONE, NONE)], UnknownReference),
        ([cancelled(FAILED, MET, NONE, NONE)], UnknownReference),
        ([cancelled(NONE, FAILED, NONE, NONE)], IdTaken),
        ([cancelled(NONE, FAILED, MET, NONE)], IdTaken),
        ([cancelled(MET, FAILED, NONE, NONE), cancelled(NONE, FAILED, NONE, NONE)], IdTaken),
        ([cancelled(MET, FAILED, NONE, NONE), cancelled(FAILED, FAILED, NONE, NONE)], UnknownReference),
        ([cancelled(MET, FAILED, NONE, NONE), DONE], None),
        ([cancelled(NONE, NONE, MET, NONE), DONE], None),
        ([cancelled(MET, FAILED, NONE, NONE)], StoreUnavailable),
    ],
)
def test_a_placement_is_refused_for_what_is_certain(steps: list[Step], outcome: Any, script: Script) -> None:
    opened = script(*steps)
    orders = opened.container.order_repository()
    assert opened.outcome(lambda: orders.add(an_order("u1"))) is outcome
    assert len(opened.server.calls) >= len(steps)


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([cancelled(NONE, FAILED, NONE)], Taken),
        ([cancelled(NONE, FAILED, MET)], Taken),
        ([cancelled(NONE, MET, NONE), cancelled(NONE, FAILED, NONE)], Taken),
        ([cancelled(NONE, MET, NONE), DONE], None),
        ([cancelled(MET, FAILED, NONE), DONE], None),
        ([cancelled(FAILED, NONE, NONE)], StoreUnavailable),
    ],
)
def test_a_registration_is_refused_for_what_is_certain(steps: list[Step], outcome: Any, script: Script) -> None:
    opened = script(*steps)
    users = opened.container.user_repository()
    assert opened.outcome(lambda: users.add(a_user())) is outcome


HAS_ORDERS = {**USER, "orders": {"N": "2"}}
MOVED = {**USER, "email": {"S": "ada@example.org"}}
FOUND = answer({"Item": USER})


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([answer({})], NotFound),
        ([FOUND, DONE], None),
        ([FOUND, cancelled(FAILED, NONE, NONE)], NotFound),
        ([FOUND, cancelled(FAILED, FAILED, NONE)], NotFound),
        ([FOUND, cancelled(FAILED, MET, NONE, Item=HAS_ORDERS)], InUse),
        ([FOUND, cancelled(FAILED, NONE, NONE, Item=MOVED), answer({"Item": MOVED}), DONE], None),
        ([FOUND, cancelled(FAILED, NONE, NONE, Item=MOVED), answer({})], NotFound),
        ([FOUND, cancelled(NONE, FAILED, NONE), answer({"Item": MOVED}), DONE], None),
        ([FOUND, cancelled(MET, FAILED, NONE), cancelled(FAILED, NONE, NONE)], NotFound),
        ([FOUND, cancelled(MET, NONE, NONE), cancelled(FAILED, NONE, NONE, Item=HAS_ORDERS)], InUse),
        ([answer({"Item": {}})], StoreUnavailable),
        ([answer({"Item": {**USER, "created_at": {"N": "soon"}}})], StoreUnavailable),
    ],
)
def test_the_deletion_of_a_user_is_refused_for_what_is_certain(steps: list[Step], outcome: Any, script: Script) -> None:
    opened = script(*steps)
    users = opened.container.user_repository()
    assert opened.outcome(lambda: users.delete("u1")) is outcome
    assert len(opened.server.calls) == len(steps)


CHANGED = cancelled(FAILED, FAILED, FAILED, Item=COMPLETED)


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([DONE], None),
        ([CHANGED], Changed),
        ([cancelled(FAILED, NONE, NONE)], NotFound),
        ([cancelled(NONE, FAILED, NONE)], Changed),
        ([cancelled(MET, FAILED, NONE), CHANGED], Changed),
        ([cancelled(NONE, NONE, MET), DONE], None),
    ],
)
def test_a_change_of_an_order_is_refused_for_what_is_certain(steps: list[Step], outcome: Any, script: Script) -> None:
    opened = script(*steps)
    orders, order = opened.container.order_repository(), an_order("u1")
    assert opened.outcome(lambda: orders.replace(order, replace(order, status=Status.COMPLETED))) is outcome
    assert len(opened.server.calls) == len(steps)


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([DONE], None),
        ([cancelled(FAILED, FAILED, NONE, NONE, Item=MOVED)], Changed),
        ([cancelled(FAILED, FAILED, NONE, NONE)], NotFound),
        ([cancelled(NONE, FAILED, FAILED, NONE)], Taken),
        ([cancelled(NONE, NONE, FAILED, NONE)], Changed),
        ([cancelled(NONE, MET, FAILED, NONE), cancelled(NONE, FAILED, NONE, NONE)], Taken),
    ],
)
def test_a_change_of_an_email_is_refused_for_what_is_certain(steps: list[Step], outcome: Any, script: Script) -> None:
    opened = script(*steps)
    users, user = opened.container.user_repository(), a_user()
    assert opened.outcome(lambda: users.replace(user, replace(user, email="new@example.com"))) is outcome
    assert len(opened.server.calls) == len(steps)


USE = KeyUse("k1", "f1", NOON, NOON + timedelta(days=1))
RECORD = {"fingerprint": {"S": "f1"}, "entity": {"M": USER}, "expires_at": {"N": f"{USE.expires_at.timestamp():.0f}"}}
EXPIRED = {**RECORD, "expires_at": {"N": f"{USE.at.timestamp():.0f}"}}
USERS_CONFLICT = cancelled(MET, NONE, FAILED, NONE)


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([DONE], None),
        ([cancelled(FAILED, FAILED, FAILED, NONE, Item=RECORD)], None),
        ([cancelled(NONE, NONE, FAILED, NONE)], Taken),
        ([USERS_CONFLICT, answer({}), cancelled(FAILED, FAILED, FAILED, NONE, Item=RECORD)], None),
        ([USERS_CONFLICT, answer({}), cancelled(NONE, NONE, FAILED, NONE)], Taken),
        ([USERS_CONFLICT, answer({"Item": RECORD})], None),
        ([USERS_CONFLICT, answer({}), USERS_CONFLICT, answer({"Item": RECORD})], None),
        ([USERS_CONFLICT, answer({"Item": EXPIRED}), DONE], None),
        ([USERS_CONFLICT, answer({"Item": {}})], StoreUnavailable),
        ([cancelled(FAILED, NONE, NONE, NONE)], StoreUnavailable),
        ([cancelled(FAILED, NONE, NONE, NONE, Item={})], StoreUnavailable),
        ([cancelled(FAILED, NONE, NONE, NONE, Item={**RECORD, "entity": {"M": {}}})], StoreUnavailable),
    ],
)
def test_a_key_that_was_used_counts_more_than_every_refusal(steps: list[Step], outcome: Any, script: Script) -> None:
    opened = script(*steps)
    users = opened.container.user_repository()
    assert opened.outcome(lambda: users.add(a_user(), USE)) is outcome
    assert len(opened.server.calls) == len(steps)


PENDING = answer({"Item": ORDER})


@pytest.mark.parametrize("name", ["users", "orders"])
def test_an_entity_that_always_changes_meanwhile_is_an_outage(name: str, script: Script) -> None:
    found = [FOUND, PENDING][name == "orders"]
    refused = cancelled(NONE, FAILED, NONE) if name == "users" else cancelled(FAILED, NONE, NONE, NONE, Item=COMPLETED)
    opened = script(*[found, refused] * 100)
    repository = getattr(opened.container, f"{name[:-1]}_repository")()
    assert opened.outcome(lambda: repository.delete("1")) is StoreUnavailable
    assert len(opened.server.calls) < 2 * 50  # there is a pause before each attempt


class Meddling(DynamoClient):
    """After the first read, another program changes a user's e-mail address, and a new user takes the old one."""

    change: tuple[Item, ...] = ()

    def for_repository(self, name: str) -> Self:  # noqa: ARG002  # so that the test has the client of the repository
        return self

    async def get(self, table: str, key: Item) -> Item | None:
        item = await super().get(table, key)
        if self.change:
            actions, self.change = self.change, ()
            await self.transact(*actions)
        return item


@pytest.fixture
def container(aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in aws.items():
        monkeypatch.setenv(name, value)
    environ = {"STORE": "dynamodb", "CURSOR_SECRET": "a secret of these tests"}
    container: Any = LocalContainer(environ=environ | table_variables("{}-of-repositories") | aws)
    container.migrate()
    return container


def test_a_user_who_is_deleted_frees_the_address_that_they_have_and_no_other(container: Any) -> None:
    store = container.store()
    table = store.tables()["users"]
    ada, bob = a_user(email="shared@example.com"), a_user(email="shared@example.com")

    def put(key: Item, **attributes: str) -> Item:
        return {"Put": {"TableName": table, "Item": {**key, **{name: {"S": v} for name, v in attributes.items()}}}}

    async def story() -> list[Item | None]:
        client = Meddling(store.transport(), store.shares(), store.retry_budget())
        users = DynamoRepository(USERS, client, {"users": table})
        await users.add(ada)
        client.change = (
            {
                "Update": {
                    "TableName": table,
                    "Key": entity_key(USERS, ada.id),
                    "UpdateExpression": "SET email = :new",
                    "ExpressionAttributeValues": {":new": {"S": "own@example.com"}},
                }
            },
            put(guard_key("email", "own@example.com"), user_id=ada.id),
            put(guard_key("email", "shared@example.com"), user_id=bob.id),
        )
        await users.delete(ada.id)
        keys = [
            entity_key(USERS, ada.id),
            guard_key("email", "own@example.com"),
            guard_key("email", "shared@example.com"),
        ]
        found = [await client.get(table, key) for key in keys]
        await client.close()
        return found

    user, own, others = asyncio.run(story())
    assert user is None
    assert own is None
    assert others
    assert others["user_id"] == {"S": bob.id}


def test_every_valid_address_has_a_guard_of_its_own_whose_key_dynamodb_takes() -> None:
    """The normal form of each of these characters has twelve bytes; a partition key has at most 2,048."""
    long = [USERS.field("email").rule.check("\U0001d160" * 240 + f"@example{number}.com") for number in (1, 2)]
    keys = [guard_key("email", email_key(email))["pk"]["S"] for email in (*long, "Ada@example.com")]
    assert max(len(key.encode()) for key in keys) <= 2048
    assert len(set(keys)) == 3
    assert keys[2] == "email#ada@example.com"


def test_an_order_that_is_older_than_a_field_has_its_default_and_can_be_changed_and_deleted(container: Any) -> None:
    users, orders, store = container.user_repository(), container.order_repository(), container.store()
    user = a_user()
    changed, deleted = an_order(user.id), an_order(user.id)

    def without_status(key: Item) -> Item:
        update = {"Key": key, "UpdateExpression": "REMOVE #s", "ExpressionAttributeNames": {"#s": "status"}}
        return {"Update": {"TableName": store.tables()["orders"], **update}}

    async def story() -> None:
        await users.add(user)
        for order in (changed, deleted):
            await orders.add(order)
            keys = [entity_key(ORDERS, order.id), *entry_keys(ORDERS, order)]
            await store.dynamodb().transact(*map(without_status, keys))
            assert await orders.get(order.id) == order
        assert (await orders.page(10, owner_id=user.id)).items == [deleted, changed]
        await orders.replace(changed, replace(changed, status=Status.COMPLETED))
        assert (await orders.get(changed.id)).status is Status.COMPLETED
        await orders.delete(deleted.id)
        assert [order.id for order in (await orders.page(10, owner_id=user.id)).items] == [changed.id]
        await users.close()

    asyncio.run(story())
