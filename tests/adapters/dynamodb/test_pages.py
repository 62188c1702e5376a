"""A page of a list in several partitions is right however it is spread, and reads little more than it shows."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.adapters.dynamodb.client import DynamoClient, Operation, Transport
from service.adapters.dynamodb.failures import Item
from service.adapters.dynamodb.keys import SHARDS, shard, shards, sort_key
from service.adapters.dynamodb.paging import fetch_page
from service.adapters.dynamodb.repository import DynamoRepository
from service.adapters.retry_budget import RetryBudget
from service.adapters.share import Shares
from service.application.load import Load
from service.application.ports import Page, Position
from service.domain.moments import to_epoch
from service.domain.users import USERS, User
from tests.examples import NOON, a_user

ROUNDS = 3


@dataclass
class Counting(Transport):
    """Partitions in memory. It counts the items that it returns, and answers all that was asked before at once."""

    partitions: Mapping[str, Sequence[Item]]
    read: int = 0
    rounds: list[int] = field(default_factory=list)
    """The number of queries in each round."""
    _asked: int = 0

    async def call(self, operation: Operation, parameters: Item, _seconds: float) -> Item:
        assert operation == "Query"
        assert parameters["ConsistentRead"]
        if not self._asked:
            asyncio.get_running_loop().call_soon(self._begin_round)
        self._asked += 1
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        values = parameters["ExpressionAttributeValues"]
        items = self.partitions[values[":pk"]["S"]]
        before = values.get(":before", {"S": "\U0010ffff"})["S"].encode()
        found = [item for item in items if item["sk"]["S"].encode() < before][: parameters["Limit"]]
        self.read += len(found)
        return {"Items": found}

    def _begin_round(self) -> None:
        self.rounds.append(self._asked)
        self._asked = 0

    async def close(self) -> None:
        pass


def item(user: User) -> Item:
    return {
        "sk": {"S": sort_key(user)},
        "id": {"S": user.id},
        "name": {"S": user.name},
        "email": {"S": user.email},
        "created_at": {"N": str(to_epoch(user.created_at))},
    }


def users_of(places: Sequence[int]) -> tuple[list[User], dict[str, list[Item]]]:
    """Users, the newest first, each in the partition that is its place; two of them have the same moment."""
    users = [a_user(id=str(9 - age % 2), created_at=NOON - timedelta(seconds=age // 2)) for age in range(len(places))]
    partitions: dict[str, list[Item]] = {name: [] for name in shards("users")}
    for user, place in zip(users, places, strict=True):
        partitions[shards("users")[place]].append(item(user))
    return users, partitions


def page_of(
    partitions: Mapping[str, Sequence[Item]], limit: int, after: Position | None = None
) -> tuple[Page[User], Counting]:
    transport = Counting(partitions)
    return asyncio.run(
        DynamoRepository(USERS, DynamoClient(transport, Shares(8, (), Load()), RetryBudget()), {"users": "users"}).page(
            limit, after
        )
    ), transport


def most_read(limit: int) -> int:
    """The worst case that ADR 7 states."""
    first = max(1, round(1.7 * (limit + 1) / SHARDS))
    return SHARDS * first + sum(range(limit + 1 - first, 0, -first))


@given(
    st.lists(st.integers(0, SHARDS - 1), max_size=150) | st.lists(st.sampled_from([0, 0, 0, 5]), max_size=150),
    st.integers(1, 100),
    st.integers(0, 160),
)
@example([0] * 150, 100, 0)
@example([0, 1, 2, 3] * 40, 50, 0)
@example([0] * 12 + [1] * 12 + [2] * 12 + [3] * 30, 50, 0)
@settings(max_examples=300, deadline=None)
def test_a_page_is_the_newest_of_all_however_they_are_spread(places: list[int], limit: int, skipped: int) -> None:
    users, partitions = users_of(places)
    after = None
    if 0 < skipped <= len(users):
        after = Position(users[skipped - 1].created_at, users[skipped - 1].id)
        users = users[skipped:]

    page, transport = page_of(partitions, limit, after)

    assert page == Page(users[:limit], has_more=len(users) > limit)
    assert len(transport.rounds) <= ROUNDS
    assert transport.read <= most_read(limit)


@pytest.mark.parametrize("limit", [20, 50, 100])
def test_a_page_of_evenly_spread_ids_reads_at_most_twice_what_it_shows_on_average(limit: int) -> None:
    chance = random.Random(limit)
    pages, read = 100, 0
    for _ in range(pages):
        ids = [str(UUID(int=chance.getrandbits(128))) for _ in range(limit * 4)]
        places = [shards("users").index(shard("users", each)) for each in ids]
        _, transport = page_of(users_of(places)[1], limit)
        read += transport.read
    assert read <= 2 * limit * pages


@pytest.mark.parametrize("number", [0, 1, SHARDS])
def test_a_short_list_is_read_in_one_round(number: int) -> None:
    page, transport = page_of(users_of(range(number))[1], 50)
    assert len(page.items) == number
    assert transport.rounds == [SHARDS]


def test_most_of_the_usual_pages_are_read_in_one_round() -> None:
    chance = random.Random(1)
    pages = [page_of(users_of([chance.randrange(SHARDS) for _ in range(200)])[1], 50)[1] for _ in range(100)]
    assert sum(len(each.rounds) for each in pages) < 1.5 * len(pages)


def test_orders_of_one_user_are_read_at_once_and_no_more_than_are_needed() -> None:
    _, partitions = users_of([0] * 200)
    transport = Counting({"user#1": partitions["users#0"]})
    client = DynamoClient(transport, Shares(8, (), Load()), RetryBudget())

    asyncio.run(fetch_page(client, "orders", ["user#1"], lambda found: a_user(id=found["id"]["S"]), 50, None))

    assert (transport.read, transport.rounds) == (51, [1])
