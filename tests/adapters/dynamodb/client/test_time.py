"""A call ends with the request's deadline, whatever the network does, and gives back what it held."""

import asyncio
import socket
from contextlib import suppress
from typing import Any

import pytest

from service.adapters.dynamodb.client import DynamoClient
from service.application.deadline import Deadline, begin_deadline
from service.domain.errors import StoreUnavailable
from tests.adapters.dynamodb.conftest import KEY, Script
from tests.adapters.dynamodb.server import (
    BOUND_SECONDS,
    Act,
    Step,
    answer,
    error,
    hangs,
    response,
    trickles,
)

DEADLINE_SECONDS = 0.4
FAR_BELOW_A_CLIENTS_OWN_LIMITS = 1.2
FOUND = answer({"Item": KEY})
QUEUE = "dynamodb: waiting for a free connection"


async def get(client: DynamoClient) -> Any:
    return await client.get("users", KEY)


async def transact(client: DynamoClient) -> None:
    await client.transact({"Delete": {"TableName": "users", "Key": KEY}})


def seconds_until_unavailable(call: Any) -> Any:
    """A story: under a deadline the call is an outage; returns how long it took, and the deadline."""

    async def story(client: DynamoClient) -> tuple[float, Deadline]:
        loop = asyncio.get_running_loop()
        began, deadline = loop.time(), begin_deadline(DEADLINE_SECONDS)
        with pytest.raises(StoreUnavailable):
            await call(client)
        return loop.time() - began, deadline

    return story


def half_and_then(act: Act) -> Act:
    def after_half(connection: socket.socket) -> None:
        connection.sendall(FOUND[:-3])
        act(connection)

    return after_half


SLOW: dict[str, Step] = {
    "no answer": hangs,
    "half of an answer": half_and_then(hangs),
    "a head, byte by byte": trickles(FOUND),
    "a body, byte by byte": half_and_then(trickles(b" " * 1000)),
    "chunks, one after the other": trickles(
        response(b"1\r\n \r\n" * 1000, content_length="", transfer_encoding="chunked"), pause_seconds=0.01
    ),
    "headers without an end": trickles(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 90, pause_seconds=0.02),
}


@pytest.mark.parametrize("call", [get, transact])
@pytest.mark.parametrize("name", SLOW)
def test_a_call_ends_with_the_deadline_and_its_connection_with_it(name: str, call: Any, script: Script) -> None:
    opened = script(SLOW[name])
    seconds, deadline = opened.run(seconds_until_unavailable(call))
    assert seconds < FAR_BELOW_A_CLIENTS_OWN_LIMITS
    assert opened.server.closed.wait(BOUND_SECONDS)
    assert len(opened.server.calls) == 1
    assert deadline.waits_for == f"dynamodb {opened.server.calls[0][0]}"


@pytest.mark.parametrize("name", SLOW)
def test_the_next_request_has_the_connection_that_a_slow_one_held(name: str, script: Script) -> None:
    async def story(client: DynamoClient) -> Any:
        await seconds_until_unavailable(get)(client)
        begin_deadline(2)
        return await get(client)

    assert script(SLOW[name], FOUND).run(story) == KEY


def test_without_a_request_a_call_ends_too(script: Script) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached") as outage:
        script(SLOW["a body, byte by byte"]).run(get)
    assert str(outage.value.__cause__) == "GetItem: no answer in time"


def test_all_attempts_share_the_deadline(script: Script) -> None:
    failed = error("InternalServerError")
    opened = script(failed, failed, hangs)
    seconds, _ = opened.run(seconds_until_unavailable(get))
    assert seconds < FAR_BELOW_A_CLIENTS_OWN_LIMITS
    assert len(opened.server.calls) == 3


def test_what_is_refused_for_the_load_is_not_repeated_when_little_time_is_left(script: Script) -> None:
    async def story(client: DynamoClient) -> None:
        begin_deadline(0.4)
        with pytest.raises(StoreUnavailable):
            await get(client)

    opened = script(error("ThrottlingException"), FOUND)
    opened.run(story)
    assert len(opened.server.calls) == 1


def test_a_store_that_fails_again_and_again_is_soon_asked_once_only(script: Script) -> None:
    async def story(client: DynamoClient) -> None:
        for _ in range(40):
            with suppress(StoreUnavailable):
                begin_deadline(5)
                await get(client)

    opened = script(*[error("InternalServerError")] * 100)
    opened.run(story)
    assert 40 + 11 <= len(opened.server.calls) <= 40 + 14  # ten at once, and one for ten calls


def test_a_full_share_is_in_the_way_of_its_own_operations_only_and_of_no_check(script: Script) -> None:
    opened = script(answer({}), FOUND, connections=5)
    load, reads = opened.container.load(), opened.container.store().shares().of("users")[0]

    async def story(client: DynamoClient) -> Any:
        users, taken = client.for_repository("users"), 0
        while reads.begin():
            taken += 1
        load.refusing = True  # so that nobody waits for long
        try:
            for call in (get(users), users.newest("users", "users#1", 1, None)):
                with pytest.raises(StoreUnavailable) as error:
                    await call
                assert "connections for reads of users busy" in str(error.value.__cause__)
            await transact(users)
            await users.check("users", KEY)
        finally:
            load.refusing = False
            for _ in range(taken):
                reads.release()
        return await get(users)

    assert opened.run(story) == KEY
    assert [operation for operation, _ in opened.server.calls] == ["TransactWriteItems", "GetItem", "GetItem"]


def test_nothing_begins_when_nothing_is_left(script: Script) -> None:
    async def story(client: DynamoClient) -> None:
        begin_deadline(-1)
        for call in (get, transact):
            with pytest.raises(StoreUnavailable):
                await call(client)

    opened = script(FOUND)
    opened.run(story)
    assert opened.server.calls == []


def test_what_waits_for_a_connection_ends_with_its_deadline_and_never_begins(script: Script) -> None:
    async def queued(client: DynamoClient) -> tuple[float, Deadline]:
        found: tuple[float, Deadline] = await seconds_until_unavailable(get)(client)
        return found

    async def story(client: DynamoClient) -> list[tuple[float, Deadline]]:
        holder = asyncio.create_task(get(client))  # no request's: it goes on for longer than those in the queue
        await asyncio.sleep(0.1)
        found = await asyncio.gather(*(asyncio.create_task(queued(client)) for _ in range(20)))
        with pytest.raises(StoreUnavailable):
            await holder
        await asyncio.sleep(0.2)
        return found

    opened = script(hangs)
    found = opened.run(story)
    assert {deadline.waits_for for _, deadline in found} == {QUEUE}
    assert all(seconds < FAR_BELOW_A_CLIENTS_OWN_LIMITS for seconds, _ in found)
    assert len(opened.server.calls) == 1


def test_what_a_request_waits_for_is_noted_until_the_answer_is_there(script: Script) -> None:
    seen = []
    deadlines: list[Deadline] = []

    def looks(connection: socket.socket) -> None:
        seen.append(deadlines[0].waits_for)
        connection.sendall(FOUND)

    async def story(client: DynamoClient) -> str:
        deadlines.append(begin_deadline(5))
        await get(client)
        return deadlines[0].waits_for

    assert script(looks).run(story) == ""
    assert seen == ["dynamodb GetItem"]
