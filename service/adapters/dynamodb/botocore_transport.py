"""DynamoDB through botocore: blocking calls in the executor, each with a total time limit."""

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from time import monotonic
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError

from service import __version__
from service.adapters.aws.answers import PROXY_OR_ENDPOINT, Damaged, NotFromAws
from service.adapters.aws.time_limit import time_limit
from service.adapters.dynamodb.client import Operation, Transport
from service.adapters.dynamodb.failures import CallFailed, ConditionFailed, Item, cancellation, refusal
from service.adapters.dynamodb.retries import PATIENCE_SECONDS
from service.adapters.executors import Executor
from service.application.deadline import seconds_left, waiting_for

CONNECT_SECONDS: Final = 0.5
QUEUE_SECONDS: Final = 10.0
"""How long a call waits at most for a thread, where no request's deadline ends the wait before."""
QUEUE: Final = "dynamodb: waiting for a free connection"


def client_config(connections: int) -> Config:
    """How a client behaves whose retries are ours: quick to give up, with a connection for each thread.

    It has a fixed name, which AWS's logs show: botocore would describe itself and the machine anew, twice in each call,
    a seventh of its cost. And it does not check what we send, a tenth of a transaction's: the service does.
    """
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=PATIENCE_SECONDS,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": 1},
        tcp_keepalive=True,
        user_agent=f"shapeshift/{__version__}",
        parameter_validation=False,
    )


class BotocoreTransport(Transport):
    """Calls with a botocore client that `containers.aws.aws_client` made; the executor's size limits how many."""

    def __init__(self, client: Any, executor: Executor) -> None:
        self._client = client
        self._executor = executor
        self._methods: dict[Operation, Callable[..., Item]] = {
            "GetItem": client.get_item,
            "Query": client.query,
            "TransactWriteItems": client.transact_write_items,
        }

    async def call(self, operation: Operation, parameters: Item, seconds: float) -> Item:
        waiting_for(QUEUE)  # until a thread begins
        deadline = seconds_left(QUEUE_SECONDS)
        send = _Call(partial(self._methods[operation], **parameters), f"dynamodb {operation}", seconds, deadline)
        try:
            async with asyncio.timeout(deadline):
                return await self._executor.run(send)
        except ClientError as error:
            raise _refused(operation, parameters, error.response) from None
        except NotFromAws as error:
            text = f"{operation}: not an answer of DynamoDB: {error}; {PROXY_OR_ENDPOINT}"
            raise CallFailed(text, passes=isinstance(error, Damaged)) from None
        except BotoCoreError as error:  # no connection, no credentials, no answer in time
            raise CallFailed(f"{operation}: {error}", passes=isinstance(error, ConnectionClosedError)) from None
        except ResponseParserError:  # its text contains the response, which may hold credentials
            text = f"{operation}: the credentials came in a form that is not AWS's; {PROXY_OR_ENDPOINT}"
            raise CallFailed(text) from None
        except TimeoutError:
            missing = "answer" if send.began else "free connection"
            raise CallFailed(f"{operation}: no {missing} in time") from None

    async def close(self) -> None:
        self._executor.close()
        self._client.close()


class _Call:
    """One call in a thread, on behalf of the request that made it."""

    __slots__ = ("_context", "_deadline", "_name", "_seconds", "_send", "began")

    def __init__(self, send: Callable[[], Item], name: str, seconds: float, deadline: float) -> None:
        self._send = send
        self._name = name
        self._seconds = seconds
        self._deadline = monotonic() + deadline
        self._context = copy_context()
        self.began = False

    def __call__(self) -> Item:
        return self._context.run(self._run)

    def _run(self) -> Item:
        with time_limit(min(self._deadline, monotonic() + self._seconds)):
            self.began = True
            waiting_for(self._name)
            return self._send()


def _refused(operation: Operation, parameters: Item, answer: Item) -> CallFailed | ConditionFailed:
    error = answer["Error"]
    if error["Code"] == "TransactionCanceledException":
        return cancellation(answer.get("CancellationReasons"), len(parameters.get("TransactItems", ())))
    return refusal(operation, error["Code"], error["Message"])
