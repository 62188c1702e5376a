"""DynamoDB read with boto3: the users and orders, and whether guards, counts and list entries agree with them."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import boto3

from tests.examples import table_variables
from tests.integrity.checkers.emails import address_of
from tests.integrity.history import Json, Kept
from tests.integrity.stores import Store, moment

Row = dict[str, str]


@dataclass(frozen=True)
class Dynamodb(Store):
    """Tables that nobody else uses; `reached_by` is another way for the servers, where there is one."""

    aws: Mapping[str, str]
    reached_by: str = ""
    variables: Mapping[str, str] = field(default_factory=lambda: table_variables(f"{{}}-{uuid4()}"))
    """The names of the tables."""

    @property
    def environ(self) -> dict[str, str]:
        return {
            **self.aws,
            "AWS_ENDPOINT_URL": self.reached_by or self.aws["AWS_ENDPOINT_URL"],
            "STORE": "dynamodb",
            **self.variables,
        }

    async def read(self) -> Kept:
        return await asyncio.to_thread(self._read)

    def _read(self) -> Kept:
        session = boto3.session.Session(
            self.aws["AWS_ACCESS_KEY_ID"], self.aws["AWS_SECRET_ACCESS_KEY"], region_name=self.aws["AWS_REGION"]
        )
        with closing(session.client("dynamodb", endpoint_url=self.aws["AWS_ENDPOINT_URL"])) as client:
            users, orders = (
                _by_partition(client, table)
                for table in (self.variables["USERS_TABLE"], self.variables["ORDERS_TABLE"])
            )
        contradictions = [*_faults_of_users(users, orders["order"]), *_faults_of_orders(orders)]
        return Kept(
            [_shown(user, "id", "name", "email") for user in users["user"]],
            [_shown(order, "id", "user_id", "product", "quantity", "status") for order in orders["order"]],
            contradictions,
        )


def _by_partition(client: Any, table: str) -> dict[str, list[Row]]:
    """All items of a table, by what their partition key begins with."""
    items: dict[str, list[Row]] = defaultdict(list)
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    for item in (item for page in pages for item in page["Items"]):
        row = {name: next(iter(value.values())) for name, value in item.items()}
        items[row["pk"].partition("#")[0]].append(row)
    return items


def _faults_of_users(items: Mapping[str, Sequence[Row]], orders: Sequence[Row]) -> Iterator[str]:
    users, guards, entries = items["user"], items["email"], items["users"]
    yield from _differences("users and their entries", users, entries, "id", "name", "email", "created_at")
    held = Counter((user["id"], address_of(user["email"])) for user in users)
    guarded = Counter((guard["user_id"], address_of(guard["pk"].removeprefix("email#"))) for guard in guards)
    if held != guarded:
        yield f"addresses and their guards differ: {held - guarded}, {guarded - held}"
    counted = Counter({user["id"]: int(user["orders"]) for user in users})
    there = Counter(order["user_id"] for order in orders)
    if +counted != there:
        yield f"orders and their counts differ: {there - counted}, {counted - there}"
    yield from _strangers(items, "user", "email", "users")


def _faults_of_orders(items: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    names = ("id", "user_id", "product", "quantity", "status", "created_at")
    yield from _differences("orders and their entries", items["order"], items["orders"], *names)
    yield from _differences("orders and their users' entries", items["order"], items["user"], *names)
    yield from _strangers(items, "order", "orders", "user")


def _differences(what: str, some: Sequence[Row], others: Sequence[Row], *names: str) -> Iterator[str]:
    here, there = (Counter(tuple(row[name] for name in names) for row in rows) for rows in (some, others))
    if here != there:
        yield f"{what} differ: {here - there}, {there - here}"


def _strangers(items: Mapping[str, Sequence[Row]], *known: str) -> Iterator[str]:
    yield from (f"nobody's: {rows}" for partition, rows in items.items() if partition not in known)


def _shown(row: Row, *names: str) -> Json:
    """An item as the API would show it."""
    shown: Json = {name: row[name] for name in names} | {"created_at": moment(int(row["created_at"]))}
    return shown | ({"quantity": int(row["quantity"])} if "quantity" in row else {})
