"""What is particular to DynamoDB: its retries, its outages, and what an operator is told."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from containers.local import LocalContainer
from containers.settings import ConfigurationError
from service.adapters.dynamodb import client as dynamo
from service.adapters.dynamodb.client import ConditionsFailed, DynamoClient
from service.adapters.executors import ThreadExecutor
from service.application.ports import ConfigUnavailable
from service.domain.errors import StoreUnavailable


def refused(code: str, *reasons: str, status: int = 400) -> ClientError:
    """An answer as DynamoDB gives it when it refuses a call."""
    answer: Any = {
        "Error": {"Code": code, "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": status},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    return ClientError(answer, "TransactWriteItems")


class ScriptedDynamo:
    """Stands for boto3's client: answers each call with the next outcome of a script, the last one for ever."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self._outcomes = list(outcomes)
        self.tokens: list[str] = []

    @property
    def calls(self) -> int:
        return len(self.tokens)

    def transact_write_items(self, TransactItems: list[Any], ClientRequestToken: str) -> None:  # noqa: N803, ARG002  # boto3's names
        self.tokens.append(ClientRequestToken)
        outcome = self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        if outcome is not None:
            raise outcome

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamo, "PATIENCE_SECONDS", 0.3)


def transact(script: ScriptedDynamo) -> None:
    async def story() -> None:
        client = DynamoClient(script, ThreadExecutor(1))
        try:
            await client.transact({})
        finally:
            await client.close()

    asyncio.run(story())


@pytest.mark.parametrize(
    "failure",
    [
        refused("TransactionCanceledException", "None", "TransactionConflict"),
        refused("TransactionCanceledException", "ThrottlingError", "None"),
        refused("ProvisionedThroughputExceededException"),
        refused("InternalServerError", status=500),
    ],
    ids=lambda failure: str(failure.response["Error"]["Code"]),
)
def test_what_passes_is_tried_again_until_it_works_or_patience_ends(failure: ClientError) -> None:
    recovers = ScriptedDynamo(failure, failure, None)
    transact(recovers)
    assert recovers.calls == 3

    with pytest.raises(StoreUnavailable):
        transact(ScriptedDynamo(failure))


def test_another_attempt_is_known_as_the_same_transaction_should_the_first_have_been_done() -> None:
    script = ScriptedDynamo(refused("InternalServerError", status=500), None)
    transact(script)
    transact(script)
    first, again, another = script.tokens
    assert first == again != another


def test_a_condition_that_does_not_hold_is_told_by_its_index_and_not_tried_again() -> None:
    script = ScriptedDynamo(refused("TransactionCanceledException", "None", "ConditionalCheckFailed"))

    with pytest.raises(ConditionsFailed) as cancelled:
        transact(script)

    assert [cancelled.value.failed(index) for index in (0, 1)] == [False, True]
    assert script.calls == 1


@pytest.mark.parametrize(
    "failure",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        refused("ResourceNotFoundException"),
        refused("AccessDeniedException"),
        refused("SomethingElse", status=503),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_an_outage_or_a_deployment_to_mend_is_unavailable_at_once(failure: Exception) -> None:
    script = ScriptedDynamo(failure)

    with pytest.raises(StoreUnavailable):
        transact(script)
    assert script.calls == 1


@contextmanager
def a_server_that_answers(answer: bytes) -> Iterator[str]:
    """The address of a server that gives this answer to one request and closes the connection."""

    def serve() -> None:
        caller, _ = listener.accept()
        with caller:
            caller.recv(65536)
            caller.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as thread:
        thread.submit(serve)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("body", [b"", b'{"Item":'], ids=["no body", "half a body"])
def test_an_answer_that_is_cut_off_is_an_outage_not_an_item_that_is_missing(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    tables = {"USERS_TABLE": "users", "ORDERS_TABLE": "orders", "AWS_REGION": "eu-central-1"}
    with a_server_that_answers(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + body) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        users = LocalContainer(environ={"STORE": "dynamodb", "CURSOR_SECRET": "x" * 16, **tables}).user_repository()

        async def story() -> None:
            with pytest.raises(StoreUnavailable):
                await users.get("u1")
            await users.close()

        asyncio.run(story())


def test_a_mistake_of_ours_is_not_hidden_as_an_outage() -> None:
    with pytest.raises(ClientError):
        transact(ScriptedDynamo(refused("ValidationException")))


def test_missing_table_names_are_all_told_at_once() -> None:
    container: Any = LocalContainer(environ={"STORE": "dynamodb", "CURSOR_SECRET": "x" * 16})

    with pytest.raises(ConfigurationError) as error:
        container.app()

    assert [str(problem) for problem in error.value.problems] == [
        "users_table: is required for store=dynamodb (looked in: environment variable USERS_TABLE)",
        "orders_table: is required for store=dynamodb (looked in: environment variable ORDERS_TABLE)",
    ]


def test_a_missing_region_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    tables = {"USERS_TABLE": "users", "ORDERS_TABLE": "orders"}
    container: Any = LocalContainer(environ={"STORE": "dynamodb", "CURSOR_SECRET": "x" * 16, **tables})

    with pytest.raises(ConfigUnavailable, match=r"AWS cannot be used for dynamodb: You must specify a region\."):
        container.app()
