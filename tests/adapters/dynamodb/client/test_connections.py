"""Connections are kept open, few, and opened again where the other end has closed them; the log says why none opens."""

import asyncio
import socket
import ssl
import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from service.adapters.aws import connection
from service.adapters.aws.endpoint import Endpoint
from service.adapters.dynamodb.client import DynamoClient
from service.domain.errors import StoreUnavailable
from tests.adapters.dynamodb.client.test_tls import certificate
from tests.adapters.dynamodb.conftest import KEY, Script, open_at
from tests.adapters.dynamodb.server import Act, ScriptedServer, answer, response, then_closes

FOUND = answer({"Item": KEY})
CONNECTIONS = 4


async def get(client: DynamoClient) -> Any:
    return await client.get("users", KEY)


async def transact(client: DynamoClient) -> None:
    await client.transact({"Delete": {"TableName": "users", "Key": KEY}})


def test_one_call_after_the_other_uses_one_connection(script: Script) -> None:
    async def story(client: DynamoClient) -> None:
        for _ in range(5):
            assert await get(client) == KEY

    opened = script(FOUND, connections=CONNECTIONS)
    opened.run(story)
    assert (len(opened.server.calls), opened.server.accepted) == (5, 1)


@pytest.mark.parametrize("end", [b"0\r\n\r\n", b"0\r\ntrailer: x\r\n\r\n"])
def test_a_connection_is_used_on_after_an_answer_in_chunks(end: bytes, script: Script) -> None:
    async def story(client: DynamoClient) -> list[Any]:
        return [await get(client), await get(client)]

    opened = script(response(b"2\r\n{}\r\n" + end, content_length="", transfer_encoding="chunked"))
    assert opened.run(story) == [None, None]
    assert opened.server.accepted == 1


def test_calls_at_once_use_no_more_connections_than_there_may_be(script: Script) -> None:
    opened = script(FOUND, connections=CONNECTIONS)
    assert opened.run(lambda client: asyncio.gather(*(get(client) for _ in range(50)))) == [KEY] * 50
    assert 1 < opened.server.accepted <= CONNECTIONS


@pytest.mark.parametrize("call", [get, transact])
def test_a_connection_that_was_closed_meanwhile_is_replaced_at_once(call: Any, script: Script) -> None:
    """Also where the event loop has not run since, as in a function that was frozen."""

    async def story(client: DynamoClient) -> None:
        await get(client)
        opened.server.hang_up()
        await call(client)
        opened.server.hang_up()
        await asyncio.sleep(0.05)
        await call(client)

    opened = script(FOUND, connections=CONNECTIONS)
    opened.run(story)
    assert (len(opened.server.calls), opened.server.accepted) == (3, 3)


def test_a_transaction_that_is_sent_again_is_the_same(script: Script) -> None:
    """The connection was closed when the server had read it, and perhaps done it."""

    async def story(client: DynamoClient) -> None:
        await transact(client)
        await transact(client)

    opened = script(answer({}), then_closes(b""), answer({}))
    opened.run(story)
    first, second, third = (parameters["ClientRequestToken"] for _, parameters in opened.server.calls)
    assert first != second == third


@pytest.mark.parametrize(
    "step",
    [
        answer({"Item": KEY}, connection="close"),
        FOUND.replace(b"HTTP/1.1", b"HTTP/1.0"),
        FOUND + b"HTTP/1.1 200 OK\r\n",
    ],
    ids=["told so", "HTTP/1.0", "more than was asked for"],
)
def test_a_connection_that_cannot_be_used_again_is_not(step: bytes, script: Script) -> None:
    async def story(client: DynamoClient) -> list[Any]:
        return [await get(client), await get(client)]

    opened = script(step)
    assert opened.run(story) == [KEY, KEY]
    assert opened.server.accepted == 2


def test_a_connection_that_was_idle_for_too_long_is_closed_and_replaced(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(client: DynamoClient) -> None:
        await get(client)
        monkeypatch.setattr(connection, "_IDLE_SECONDS", 0.0)
        await get(client)
        assert await asyncio.to_thread(opened.server.closed.wait, 5)

    opened = script(FOUND)
    opened.run(story)
    assert opened.server.accepted == 2


def test_a_connection_over_which_comes_what_nobody_asked_for_is_closed(script: Script) -> None:
    def speaks_again(connected: socket.socket) -> None:
        connected.sendall(FOUND)
        answered.wait(5)
        connected.sendall(b"HTTP/1.1 200 OK\r\n")
        connected.recv(1)

    async def story(client: DynamoClient) -> list[Any]:
        found = [await get(client)]
        answered.set()
        assert await asyncio.to_thread(opened.server.closed.wait, 5)
        return [*found, await get(client)]

    answered = Event()
    opened = script(speaks_again, FOUND)
    assert opened.run(story) == [KEY, KEY]
    assert opened.server.accepted == 2


def test_a_client_that_is_closed_closes_idle_connections(script: Script) -> None:
    async def story(client: DynamoClient) -> None:
        await get(client)
        await client.close()
        assert await asyncio.to_thread(opened.server.closed.wait, 5)

    opened = script(FOUND)
    opened.run(story)


def test_a_client_that_was_closed_opens_new_connections_and_closes_those_in_use_after_their_answers(
    script: Script,
) -> None:
    async def story(client: DynamoClient) -> list[Any]:
        under_way = asyncio.create_task(get(client))
        await asyncio.sleep(0.05)
        await client.close()
        answers = [await under_way, await get(client)]
        assert await asyncio.to_thread(opened.server.closed.wait, 5)
        return answers

    opened = script(slowly(FOUND), FOUND)
    assert opened.run(story) == [KEY, KEY]
    assert opened.server.accepted == 2


def slowly(content: bytes) -> Act:
    def act(connection: Any) -> None:
        asyncio.run(asyncio.sleep(0.2))
        connection.sendall(content)
        connection.recv(1)

    return act


def cause(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    """What the log says of an endpoint that cannot be reached."""

    async def story(client: DynamoClient) -> str:
        with pytest.raises(StoreUnavailable) as outage:
            await get(client)
        return str(outage.value.__cause__)

    return open_at(server, monkeypatch, variables=variables).run(story)


def test_the_cause_of_no_connection_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    server = ScriptedServer.start()
    told = cause(server, monkeypatch, AWS_ENDPOINT_URL=f"http://{address}")
    assert told.startswith(f"GetItem: no connection to {address}: ")
    told = cause(server, monkeypatch, AWS_ENDPOINT_URL="http://nowhere.invalid")
    assert "nowhere.invalid" in told
    server.close()


def test_a_process_that_did_not_run_while_it_connected_tries_once_more() -> None:
    """As a function that was frozen: the connection was there in time, and nobody looked."""

    async def story(port: int) -> bool:
        asyncio.get_running_loop().call_soon(time.sleep, connection.CONNECT_SECONDS + 0.2)
        opened = await connection.open_connection(Endpoint("127.0.0.1", port))
        usable = opened.usable
        opened.abort()
        return usable

    with socket.create_server(("127.0.0.1", 0)) as server:
        assert asyncio.run(story(server.getsockname()[1]))


def test_a_certificate_that_is_not_trusted_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate(tmp_path))
    server = ScriptedServer.start(tls)
    told = cause(server, monkeypatch)
    server.close()
    assert "certificate verify failed" in told
    assert "AWS_CA_BUNDLE" in told
