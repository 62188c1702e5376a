"""A caller who closes the connection in the middle of a body."""

import asyncio
import json
from typing import Any

from tests.http.conftest import a_container, client_of
from tests.http.raw import ask_raw


def test_a_body_that_was_cut_off_changes_nothing_even_if_what_arrived_is_whole() -> None:
    received: list[dict[str, Any]] = [
        {"type": "http.request", "body": b'{"name": "Ada", "email": "a@b.c"}', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def story() -> tuple[list[Any], Any]:
        container = a_container()
        sent = await ask_raw(container, "POST", "/api/users", received, content_type="application/json")
        async with client_of(container) as client:
            return sent, (await client.get("/api/users")).json()

    (start, body), users = asyncio.run(story())

    assert users == []
    problem = json.loads(body["body"])
    assert (start["status"], problem["type"]) == (408, "/problems/request-timeout")
    assert problem["title"] == "The request took too long to arrive"
    assert problem["detail"] == "The connection was closed before the whole body had arrived."
