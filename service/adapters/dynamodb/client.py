"""What the repositories need of DynamoDB: retried where that is right, and with its failures translated.

`tests/adapters/dynamodb/client/` holds it to this, over any `Transport`, from outside: at an endpoint.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any, Final, Literal, Self
from uuid import uuid4

from service.adapters.dynamodb.failures import CallFailed, Item
from service.adapters.dynamodb.retries import Retries
from service.adapters.retry_budget import RetryBudget
from service.adapters.share import Share, ShareExhausted, Shares
from service.application.deadline import waiting_for
from service.domain.errors import StoreUnavailable

QUEUE: Final = "dynamodb: waiting for a free connection"

Operation = Literal["GetItem", "Query", "TransactWriteItems"]


class Transport(ABC):
    """Sends one call over the network."""

    @abstractmethod
    async def call(self, operation: Operation, parameters: Item, seconds: float) -> Item:
        """The JSON object that DynamoDB itself answered, whole, within the seconds that the call may take.

        After them its connection is closed. It notes what it waits for with `waiting_for`; that nothing is waited for
        any more is for the caller to note. Raises `CallFailed`, or `ConditionFailed`.
        """

    @abstractmethod
    async def close(self) -> None:
        """Close connections; a later call opens new ones."""


class DynamoClient:
    """Items of tables. Raises `StoreUnavailable`, with its cause, when DynamoDB cannot be used at the moment."""

    def __init__(self, transport: Transport, shares: Shares, budget: RetryBudget, repository: str = "") -> None:
        """`shares` divide the connections; those of the repository are used."""
        self._transport = transport
        self._shares = shares
        self._reads, self._writes = shares.of(repository)
        self._budget = budget

    def for_repository(self, name: str) -> Self:
        """Return this client for one repository, which may have connections of its own."""
        return type(self)(self._transport, self._shares, self._budget, name)

    async def get(self, table: str, key: Item) -> Item | None:
        """The item under a key, as it is after every acknowledged write."""
        answer = await self._call("GetItem", _get(table, key), self._retries(), self._reads)
        waiting_for("")
        return _member(answer, "Item", dict) if "Item" in answer else None

    async def check(self, table: str, key: Item) -> None:
        """Read an item that need not be there, without waiting for other requests."""
        await self._call("GetItem", _get(table, key), Retries(self._budget), None)
        waiting_for("")

    async def newest(self, table: str, pk: str, limit: int, before: str | None) -> list[Item]:
        """At most `limit` items of a partition, the greatest sort keys first, all below `before`.

        Several may be under way for one request, so it is for the caller to note that nothing is waited for any more.
        """
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if before is not None:
            condition, values = f"{condition} AND sk < :before", {**values, ":before": {"S": before}}
        query = {
            "TableName": table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
            "ScanIndexForward": False,
        }
        retries = self._retries()
        items: list[Item] = []
        while True:
            answer = await self._call("Query", {**query, "Limit": limit - len(items)}, retries, self._reads)
            items += _members(answer, "Items")
            if "LastEvaluatedKey" not in answer or len(items) >= limit:
                return items
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    async def transact(self, *actions: Item, after_conflict: Callable[[], Awaitable[None]] | None = None) -> None:
        """Do all of the actions or none. Raises `ConditionFailed`.

        Their order is the order in which failed conditions are reported. `after_conflict` is awaited before another
        attempt at what only met other transactions; with what it raises, there is none.
        """
        # One token for all attempts: the first may have been done though it was answered by an error.
        parameters = {"TransactItems": list(actions), "ClientRequestToken": str(uuid4())}
        await self._call("TransactWriteItems", parameters, self._retries(), self._writes, after_conflict)
        waiting_for("")

    async def close(self) -> None:
        """Close connections; a later call opens new ones."""
        await self._transport.close()

    def _retries(self) -> Retries:
        self._budget.note_call()
        return Retries(self._budget)

    async def _call(
        self,
        operation: Operation,
        parameters: Item,
        retries: Retries,
        share: Share | None,
        after_conflict: Callable[[], Awaitable[None]] | None = None,
    ) -> Item:
        while True:
            try:
                waiting_for(QUEUE)
                async with share or nullcontext():
                    return await self._transport.call(operation, parameters, retries.seconds_left())
            except ShareExhausted as busy:
                raise StoreUnavailable from busy
            except CallFailed as failure:
                if not failure.passes:
                    raise StoreUnavailable from failure
                await retries.pause(failure)
                if after_conflict and failure.is_conflict:
                    await after_conflict()


def _get(table: str, key: Item) -> Item:
    return {"TableName": table, "Key": key, "ConsistentRead": True}


def _member(answer: Item, name: str, kind: type) -> Any:
    member = answer.get(name)
    if not isinstance(member, kind):
        raise StoreUnavailable from CallFailed(f"an answer of DynamoDB without a valid {name}")
    return member


def _members(answer: Item, name: str) -> list[Item]:
    members: list[Item] = _member(answer, name, list)
    for each in members:
        if not (isinstance(each, dict) and isinstance(each.get("sk"), dict) and isinstance(each["sk"].get("S"), str)):
            raise StoreUnavailable from CallFailed(f"an answer of DynamoDB with an invalid item in {name}")
    return members
