"""What is derived from the declaration of an entity, and from the table of entities."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import pytest

from service.adapters.memory.repository import MemoryRepository
from service.adapters.memory.store import MemoryStore
from service.domain.entities import ENTITIES, referring_to, stored_for
from service.domain.entity import Entity
from service.domain.errors import Invalid
from service.domain.fields import fields_of
from service.domain.orders import ORDERS
from service.domain.rules import GeneratedId, Moment, Text
from service.domain.users import USERS
from tests.contract.conftest import run
from tests.examples import NOON, a_user, an_order


@dataclass(frozen=True, kw_only=True)
class Shelf:
    id: Annotated[str, GeneratedId()]
    where_it_is: Annotated[str, Text(1, 10)] = "cellar"
    created_at: Annotated[datetime, Moment()]


SHELVES = Entity(Shelf, "shelves", singular="shelf")


def test_a_caller_gives_what_is_not_generated_and_an_id_comes_last() -> None:
    assert [field.name for field in USERS.inputs] == ["name", "email"]
    assert [field.name for field in ORDERS.inputs] == ["user_id", "product", "quantity", "status", "id"]


def test_a_field_that_has_a_default_or_is_an_id_may_be_left_out() -> None:
    assert [field.name for field in ORDERS.inputs if field.is_optional] == ["status", "id"]
    assert SHELVES.create(SHELVES.check({}), lambda: "1", NOON) == Shelf(id="1", where_it_is="cellar", created_at=NOON)


def test_a_value_for_a_generated_field_is_ignored() -> None:
    shelf = SHELVES.create(SHELVES.check({"id": "mine", "created_at": "today"}), lambda: "1", NOON)

    assert (shelf.id, shelf.created_at) == ("1", NOON)


def test_no_id_is_generated_for_what_is_invalid() -> None:
    def no_id() -> str:
        raise AssertionError("an id was generated")

    with pytest.raises(Invalid):
        SHELVES.create(SHELVES.check({"where_it_is": ""}), no_id, NOON)


def test_a_field_is_called_by_its_name_in_words_unless_it_has_a_label() -> None:
    assert SHELVES.field("where_it_is").label == "where it is"
    assert USERS.field("email").label == "e-mail address"


def test_a_field_without_a_rule_is_refused_by_name() -> None:
    @dataclass
    class Bare:
        size: int

    with pytest.raises(TypeError, match="The field size has no rule"):
        fields_of(Bare)


def test_an_entity_comes_back_from_what_a_store_keeps_of_it() -> None:
    order = an_order("u1")
    plain = ORDERS.to_plain(order)

    assert plain == {
        "id": order.id,
        "user_id": "u1",
        "product": "Tea",
        "quantity": 2,
        "status": "pending",
        "created_at": int(order.created_at.timestamp() * 1000),
    }
    assert ORDERS.from_plain(plain) == order


def test_an_entity_follows_those_that_it_refers_to() -> None:
    names = [*ENTITIES]
    for name, entity in ENTITIES.items():
        assert all(names.index(referred) < names.index(name) for referred in entity.refers_to)


def test_a_process_stores_what_it_serves_and_what_that_refers_to() -> None:
    assert stored_for(["users"]) == ["users"]
    assert stored_for(["orders"]) == ["users", "orders"]
    assert stored_for(["payments"]) == []


def test_orders_refer_to_users_and_nothing_refers_to_orders() -> None:
    assert referring_to("users") == [ORDERS]
    assert referring_to("orders") == []


def test_memory_keeps_nothing_of_an_owner_whose_entities_are_deleted() -> None:
    store = MemoryStore()
    users, orders = MemoryRepository(USERS, store), MemoryRepository(ORDERS, store)
    user = a_user()
    order = an_order(user.id)

    async def story() -> None:
        await users.add(user)
        await orders.add(order)
        await orders.delete(order.id)

    run(story())
    assert not store.tables["orders"].of_owner
