"""Calls of DynamoDB: in the executor, retried where that is right, and with its failures translated."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar
from uuid import uuid4

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from service import __version__
from service.adapters.executors import Executor
from service.domain.errors import StoreUnavailable

T = TypeVar("T")
Item = dict[str, Any]

# All attempts together stay below the deadline of a request.
PATIENCE_SECONDS: Final = 1.5
_FIRST_PAUSE_SECONDS: Final = 0.01
_LONGEST_PAUSE_SECONDS: Final = 0.2

# What another attempt may cure: the service's own faults, throttling, and transactions that met
# (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html).
_TRANSIENT: Final = {
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
}
_TRANSIENT_REASONS: Final = {"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"}


def client_config(connections: int) -> Config:
    """How a client behaves whose retries are ours: quick to give up, with a connection for each thread.

    It has a fixed name, which AWS's logs show: botocore would describe itself and the machine anew, twice in each call,
    a seventh of its cost. And it does not check what we send, a tenth of a transaction's: the service does.
    """
    return Config(
        connect_timeout=0.5,
        read_timeout=PATIENCE_SECONDS,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": 1},
        tcp_keepalive=True,
        user_agent=f"shapeshift/{__version__}",
        parameter_validation=False,
    )


class ConditionsFailed(Exception):
    """A transaction was cancelled; `reasons` has an entry for each of its actions, in their order."""

    def __init__(self, reasons: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(", ".join(str(reason.get("Code")) for reason in reasons))
        self._reasons = reasons

    def failed(self, index: int) -> bool:
        """Whether the condition of that action did not hold."""
        return self._reasons[index].get("Code") == "ConditionalCheckFailed"

    def item(self, index: int) -> Item | None:
        """The item that did not meet the condition of that action, if there was one and it was asked for."""
        return self._reasons[index].get("Item")


class DynamoClient:
    """What the repositories need of DynamoDB. Raises `StoreUnavailable` when it cannot be used at the moment."""

    def __init__(self, client: Any, executor: Executor) -> None:
        self._client = client
        self._executor = executor

    async def get(self, table: str, key: Item) -> Item | None:
        """The item under a key, as it is after every acknowledged write."""
        answer = await self._call(lambda: self._client.get_item(TableName=table, Key=key, ConsistentRead=True))
        item: Item | None = answer.get("Item")
        return item

    async def newest(self, table: str, pk: str, limit: int, before: str | None) -> list[Item]:
        """At most `limit` items of a partition, the greatest sort keys first, all below `before`."""
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if before is not None:
            condition, values = f"{condition} AND sk < :before", {**values, ":before": {"S": before}}
        answer = await self._call(
            lambda: self._client.query(
                TableName=table,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values,
                ConsistentRead=True,
                ScanIndexForward=False,
                Limit=limit,
            )
        )
        items: list[Item] = answer["Items"]
        return items

    async def transact(self, *actions: Item) -> None:
        """Do all of the actions or none. Raises `ConditionsFailed`."""
        # One token for all attempts: the first may have been done though it was answered by an error.
        token = str(uuid4())
        await self._call(
            lambda: self._client.transact_write_items(TransactItems=list(actions), ClientRequestToken=token)
        )

    async def close(self) -> None:
        """Close connections; a later call opens new ones."""
        self._executor.close()
        self._client.close()

    async def _call(self, call: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        give_up = loop.time() + PATIENCE_SECONDS
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return await self._executor.run(call)
            except ClientError as error:
                _raise_unless_transient(error)
                failure: Exception = error
            except BotoCoreError as error:  # no connection, no credentials, no answer in time
                raise StoreUnavailable from error
            wait = random.uniform(0, pause)  # noqa: S311  # jitter, not a secret
            if loop.time() + wait >= give_up:
                raise StoreUnavailable from failure
            await asyncio.sleep(wait)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _raise_unless_transient(error: ClientError) -> None:
    code = error.response["Error"]["Code"]
    if code == "TransactionCanceledException":
        reasons = error.response.get("CancellationReasons", [])
        codes = {reason.get("Code") for reason in reasons}
        if "ConditionalCheckFailed" in codes:
            raise ConditionsFailed(reasons) from None
        if codes & _TRANSIENT_REASONS:
            return
        raise error
    if code in _TRANSIENT:
        return
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= _SERVER_FAULT or code in _MISCONFIGURED:
        raise StoreUnavailable from error
    raise error


_SERVER_FAULT: Final = 500
# Nothing is wrong with the request: the deployment has to be mended.
_MISCONFIGURED: Final = {
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "MissingAuthenticationTokenException",
    "ResourceNotFoundException",
    "UnrecognizedClientException",
}
