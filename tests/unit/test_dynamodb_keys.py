"""Where items are in DynamoDB. What is stored stays where it is, so no release may change these keys."""

import pytest

from service.adapters.dynamodb.keys import (
    entity_key,
    entry_keys,
    guard_key,
    list_of_owner,
    shard,
    shards,
    sort_key,
)
from service.application.ports import Position
from service.domain.moments import from_epoch
from service.domain.orders import ORDERS
from service.domain.users import USERS, email_key
from tests.examples import NOON, a_user, an_order

AT_NOON = "001769860800000"


def written(pk: str, sk: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def test_a_user_an_address_and_an_order_have_keys_of_their_own() -> None:
    assert entity_key(USERS, "1") == written("user#1", "user")
    assert entity_key(ORDERS, "1") == written("order#1", "order")
    assert guard_key("email", email_key("Straße@B.C")) == written("email#strasse@b.c", "email")


def test_the_entries_of_lists_are_ordered_by_time_and_id() -> None:
    user = a_user(id="u1", created_at=NOON)
    order = an_order("u1", id="tea-1", created_at=NOON)

    assert entry_keys(USERS, user) == [written("users#6", f"{AT_NOON}#u1")]
    assert entry_keys(ORDERS, order) == [
        written("user#u1", f"{AT_NOON}#tea-1"),
        written(shard("orders", "tea-1"), f"{AT_NOON}#tea-1"),
    ]
    assert list_of_owner(ORDERS, "u1") == "user#u1"


@pytest.mark.parametrize(("id", "number"), [("01a207d0-3dbb-7488-b711-3f399d5f1624", 4), ("u1", 6), ("é", 6)])
def test_an_entity_is_in_the_same_shard_in_every_process(id: str, number: int) -> None:
    assert shard("users", id) == f"users#{number}"


def test_a_list_has_eight_shards_which_are_all_used() -> None:
    assert shards("orders") == [f"orders#{number}" for number in range(8)]
    assert {shard("orders", str(number)) for number in range(200)} == set(shards("orders"))


def test_an_earlier_time_has_a_smaller_sort_key_however_few_digits_it_has() -> None:
    moments = [0, 9, 10, 999_999_999_999, 1_000_000_000_000, 253_402_300_799_999]
    keys = [sort_key(Position(from_epoch(each), "a")) for each in moments]

    assert keys == sorted(keys)
