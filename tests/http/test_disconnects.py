"""A caller who closes the connection in the middle of a body."""

import asyncio
import json
from typing import Any

from tests.http.conftest import a_container, client_of


def test_a_body_that_was_cut_off_changes_nothing_even_if_what_arrived_is_whole() -> None:
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b'{"name": "Ada", "email": "a@b.c"}', "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/api/users", "raw_path": b"/api/users", "query_string": b"", "root_path": "", "server": ("shop", 80),
        "client": ("127.0.0.1", 1), "headers": [(b"host", b"shop"), (b"content-type", b"application/json")],
    }  # fmt: skip

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def story() -> list[Any]:
        container = a_container()
        await container.app()(scope, receive, send)
        async with client_of(container) as client:
            users: list[Any] = (await client.get("/api/users")).json()
            return users

    assert asyncio.run(story()) == []
    problem = json.loads(sent[1]["body"])
    assert (sent[0]["status"], problem["type"]) == (408, "/problems/request-timeout")
    assert problem["detail"] == "The connection was closed before the whole body had arrived."
