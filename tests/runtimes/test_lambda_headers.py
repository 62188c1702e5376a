"""Response headers that are repeated reach the caller through every source of events."""

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import pytest

from containers.entrypoints.invocations import Handler, handler_of
from parity.calls import Call
from parity.events import SOURCES, Json

COOKIES = ["a=1; Path=/; HttpOnly", "b=2; Expires=Thu, 01 Jan 2032 00:00:00 GMT", "c=3"]
CALL = Call("cookies", "GET", "/")


async def application(_scope: Any, _receive: Any, send: Any) -> None:
    repeated = [*(("set-cookie", value) for value in COOKIES), ("vary", "accept"), ("vary", "cookie"), ("etag", '"1"')]
    headers = [(name.encode(), value.encode()) for name, value in repeated]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def handler() -> Iterator[Handler]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield handler_of(cast(Any, application))
    asyncio.set_event_loop(None)
    loop.close()


def answered(handler: Handler, source: str, event: Json) -> tuple[list[str], str, str]:
    answer = SOURCES[source].answer(handler(event, None))
    cookies = [value for name, value in answer.headers if name == "set-cookie"]
    return cookies, ", ".join(value for name, value in answer.headers if name == "vary"), answer.value("etag")


@pytest.mark.parametrize("source", SOURCES)
def test_no_cookie_and_no_other_repeated_header_is_lost(handler: Handler, source: str) -> None:
    assert answered(handler, source, SOURCES[source].event(CALL)) == (COOKIES, "accept, cookie", '"1"')


def test_a_rest_apis_event_without_multi_value_headers_loses_none_either(handler: Handler) -> None:
    event = SOURCES["rest_api"].event(CALL)
    del event["multiValueHeaders"]

    assert answered(handler, "rest_api", event) == (COOKIES, "accept, cookie", '"1"')
