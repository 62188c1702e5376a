"""What DynamoDB refuses: tried again, reported as a condition that failed, or an outage whose cause the log names."""

from typing import Any

import pytest

from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.failures import ConditionFailed
from service.domain.errors import StoreUnavailable
from tests.adapters.dynamodb.conftest import KEY, Script
from tests.adapters.dynamodb.server import answer, cancelled, error

ACTION = {"Delete": {"TableName": "users", "Key": KEY}}
DONE = answer({})


async def get(client: DynamoClient) -> Any:
    return await client.get("users", KEY)


async def transact(client: DynamoClient) -> None:
    await client.transact(ACTION, ACTION, ACTION)


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("InvalidSignatureException", 400, "clock of this machine"),
        ("RequestExpired", 400, "clock of this machine"),
        ("UnrecognizedClientException", 400, "credentials"),
        ("ExpiredTokenException", 403, "credentials"),
        ("MissingAuthenticationTokenException", 400, "credentials"),
        ("AccessDeniedException", 400, "permission"),
        ("ResourceNotFoundException", 400, "users_table"),
        ("ValidationException", 400, "keys pk and sk"),
        ("KMSInvalidStateException", 400, "the reason"),
        ("ReplicatedWriteConflictException", 400, "the reason"),
        ("NobodyKnowsThisException", 418, "the reason"),
        ("SomethingElse", 503, "the reason"),
    ],
)
@pytest.mark.parametrize("operation", [get, transact])
def test_trouble_of_the_deployment_is_an_outage_whose_cause_says_what_to_do(
    operation: Any, code: str, status: int, told: str, script: Script
) -> None:
    opened = script(error(code, "the reason", status))
    with pytest.raises(StoreUnavailable) as outage:
        opened.run(operation)
    cause = repr(outage.value.__cause__)
    assert f"{code}: the reason" in cause
    assert told in cause
    assert len(opened.server.calls) == 1


def test_the_cause_has_the_reason_in_either_spelling(script: Script) -> None:
    """Errors of access have a `Message`, others a `message`."""
    with pytest.raises(StoreUnavailable) as outage:
        script(error("AccessDeniedException", Message="not this role")).run(get)
    assert "not this role" in str(outage.value.__cause__)


def test_the_cause_has_no_session_token_in_it(script: Script) -> None:
    explanation = "The signature does not match.\n\nThe Canonical String is\n'POST\nx-amz-security-token:IQo'"
    with pytest.raises(StoreUnavailable) as outage:
        script(error("InvalidSignatureException", explanation)).run(get)
    assert "The signature does not match." in repr(outage.value.__cause__)
    assert "IQo" not in repr(outage.value.__cause__)


PASSING = {
    "throttled": error("ProvisionedThroughputExceededException"),
    "throttled at the account": error("ThrottlingException"),
    "DynamoDB's own fault": error("InternalServerError", status=500),
    "still under way": error("TransactionInProgressException"),
    "met another": cancelled("None", "TransactionConflict", "None"),
    "throttled in a transaction": cancelled("ThrottlingError", "None", "None"),
    "met another before a condition": cancelled("TransactionConflict", "ConditionalCheckFailed", "None"),
    "throttled before a condition": cancelled("None", "ProvisionedThroughputExceeded", "ConditionalCheckFailed"),
}


MORE_THAT_PASSES = {
    "throttled as an account": error("RequestLimitExceeded"),
    "throttled for something else": error("LimitExceededException"),
    "not to be had": error("ServiceUnavailable", status=503),
}


@pytest.mark.parametrize("refusal", [*PASSING.values(), *MORE_THAT_PASSES.values()], ids=[*PASSING, *MORE_THAT_PASSES])
def test_what_passes_is_tried_again_as_the_same_transaction(refusal: bytes, script: Script) -> None:
    """The first attempt may have been done though it was answered by an error."""
    opened = script(refusal, refusal, DONE)
    opened.run(transact)
    opened.run(transact)
    first, second, third, another = (parameters["ClientRequestToken"] for _, parameters in opened.server.calls)
    assert first == second == third != another


MOST_ATTEMPTS = 80
"""Without pauses that grow, hundreds fit into the time of one operation; with them, about twenty."""


@pytest.mark.parametrize("name", PASSING)
def test_what_does_not_pass_in_time_is_an_outage(name: str, script: Script) -> None:
    opened = script(PASSING[name])
    with pytest.raises(StoreUnavailable) as outage:
        opened.run(transact)
    assert 2 < len(opened.server.calls) < MOST_ATTEMPTS
    assert "TransactWriteItems: " in str(outage.value.__cause__)


def test_transactions_that_only_met_others_are_tried_again_as_long_as_there_is_time(script: Script) -> None:
    """More often than calls that failed: they add nothing to the load of a store in trouble."""
    met = [PASSING["met another"]] * 8

    async def story(client: DynamoClient) -> None:
        await transact(client)
        await transact(client)

    opened = script(*met, DONE, *met, DONE)
    opened.run(story)
    assert len(opened.server.calls) == 18


def test_transactions_that_met_others_and_were_throttled_are_not(script: Script) -> None:
    async def story(client: DynamoClient) -> None:
        for _ in range(4):
            with pytest.raises(StoreUnavailable):
                await transact(client)

    opened = script(cancelled("TransactionConflict", "ThrottlingError", "None"))
    opened.run(story)
    assert len(opened.server.calls) <= 4 + 11


@pytest.mark.parametrize(
    ("reasons", "index"),
    [
        (("ConditionalCheckFailed", "None", "None"), 0),
        (("None", "ConditionalCheckFailed", "None"), 1),
        (("None", "None", "ConditionalCheckFailed"), 2),
        (("ConditionalCheckFailed", "ConditionalCheckFailed", "None"), 0),
        (("ConditionalCheckFailed", "TransactionConflict", "None"), 0),
        (("None", "ConditionalCheckFailed", "ThrottlingError"), 1),
    ],
)
def test_a_condition_has_failed_if_everything_before_it_is_certain(
    reasons: tuple[str, ...], index: int, script: Script
) -> None:
    opened = script(cancelled(*reasons))
    with pytest.raises(ConditionFailed) as failed:
        opened.run(transact)
    assert failed.value.index == index
    assert len(opened.server.calls) == 1


def test_a_failed_condition_has_the_item_that_was_found(script: Script) -> None:
    with pytest.raises(ConditionFailed) as failed:
        script(cancelled("None", "ConditionalCheckFailed", "None", Item=KEY)).run(transact)
    assert failed.value.item == KEY


@pytest.mark.parametrize(
    "refusal",
    [
        error("TransactionCanceledException"),
        error("TransactionCanceledException", CancellationReasons=[]),
        error("TransactionCanceledException", CancellationReasons="none"),
        error("TransactionCanceledException", CancellationReasons=[None, None, None]),
        cancelled("None", "None", "None"),
        cancelled("ConditionalCheckFailed"),
        cancelled("None", "AccessDenied", "None"),
        cancelled("AccessDenied", "ConditionalCheckFailed", "None"),
        cancelled("TransactionConflict", "AccessDenied", "None"),
        cancelled("None", "ValidationError", "None"),
        cancelled("None", "ItemCollectionSizeLimitExceeded", "None"),
    ],
)
def test_a_transaction_that_was_cancelled_for_no_reason_of_ours_is_an_outage(refusal: bytes, script: Script) -> None:
    opened = script(refusal)
    with pytest.raises(StoreUnavailable) as outage:
        opened.run(transact)
    assert "TransactionCanceledException" in str(outage.value.__cause__)
    assert len(opened.server.calls) == 1
