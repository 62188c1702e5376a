"""A process whose credentials come from a service: that service's trouble is an outage, too, and ends in time."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.adapters.dynamodb.client import DynamoClient
from service.application.deadline import begin_deadline
from service.domain.errors import StoreUnavailable
from tests.adapters.dynamodb.conftest import KEY, TESTING, Opened, open_at
from tests.adapters.dynamodb.server import (
    BOUND_SECONDS,
    ScriptedServer,
    Step,
    answer,
    hangs,
    response,
    then_closes,
    trickles,
)

SECONDS = 1.0
"""Enough to make the client that fetches credentials, which is made once."""
PAGE = response(b"<html>a secret", content_type="text/html")
REFUSED = response(
    b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>not this role</Message></Error></ErrorResponse>",
    403,
    content_type="text/xml",
)


BUSY = response(
    b"<ErrorResponse><Error><Code>ServiceUnavailable</Code><Message>busy</Message></Error></ErrorResponse>",
    503,
    content_type="text/xml",
)
ISSUED = response(
    b"<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AK</AccessKeyId>"
    b"<SecretAccessKey>a secret</SecretAccessKey><SessionToken>t0ken</SessionToken>"
    b"<Expiration>2040-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
    b"</AssumeRoleWithWebIdentityResponse>",
    content_type="text/xml",
)


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    (tmp_path / "token").write_text("a web identity")
    server = ScriptedServer.start()
    role = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/shop", "AWS_WEB_IDENTITY_TOKEN_FILE": f"{tmp_path}/token"}
    for name in TESTING:
        monkeypatch.delenv(name, raising=False)
    yield open_at(server, monkeypatch, credentials=role)
    server.close()


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (PAGE, "is there a proxy in between"),
        (REFUSED, "AccessDenied: not this role"),
        (hangs, "no credentials in time"),
        (trickles(PAGE), "no credentials in time"),
    ],
    ids=["a web page", "refused", "hangs", "byte by byte"],
)
def test_credentials_that_do_not_come_are_an_outage(step: Step, told: str, opened: Opened) -> None:
    async def story(client: DynamoClient) -> None:
        begin_deadline(SECONDS)
        with pytest.raises(StoreUnavailable) as outage:
            await client.get("users", KEY)
        cause = str(outage.value.__cause__)
        assert told in cause
        assert "secret" not in cause

    opened.server.play(step)
    opened.run(story)
    assert {operation for operation, _ in opened.server.calls} == {""}


@pytest.mark.parametrize(
    ("step", "operations"),
    [(then_closes(b""), ["", "", "GetItem"]), (BUSY, ["", "", "GetItem"]), (REFUSED, [""])],
    ids=["cut off", "busy", "refused"],
)
def test_credentials_are_asked_for_again_where_that_may_help(step: Step, operations: list[str], opened: Opened) -> None:
    async def story(client: DynamoClient) -> None:
        if "GetItem" in operations:
            assert await client.get("users", KEY) == KEY
        else:
            with pytest.raises(StoreUnavailable):
                await client.get("users", KEY)

    opened.server.play(step, ISSUED, answer({"Item": KEY}))
    opened.run(story)
    assert [operation for operation, _ in opened.server.calls] == operations


def test_credentials_of_a_role_sign_with_their_token_and_are_kept(opened: Opened) -> None:
    async def story(client: DynamoClient) -> None:
        for _ in range(2):
            assert await client.get("users", KEY) == KEY

    opened.server.play(ISSUED, answer({"Item": KEY}))
    opened.run(story)
    assert [operation for operation, _ in opened.server.calls] == ["", "GetItem", "GetItem"]
    assert {head["x-amz-security-token"] for head in opened.server.heads[1:]} == {"t0ken"}


def test_requests_wait_for_the_same_credentials_and_later_ones_ask_again(opened: Opened) -> None:
    async def in_vain(client: DynamoClient) -> None:
        begin_deadline(SECONDS)
        with pytest.raises(StoreUnavailable):
            await client.get("users", KEY)

    async def story(client: DynamoClient) -> None:
        await asyncio.gather(*(asyncio.create_task(in_vain(client)) for _ in range(5)))
        assert len(opened.server.calls) == 1
        assert await asyncio.to_thread(opened.server.closed.wait, BOUND_SECONDS / 2)
        await in_vain(client)

    opened.server.play(hangs)
    opened.run(story)
    assert len(opened.server.calls) == 2
