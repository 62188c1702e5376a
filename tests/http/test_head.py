"""HEAD without a client, which would throw the body away that must not be there."""

import asyncio

import pytest

from tests.http.conftest import a_container
from tests.http.raw import ask_raw


@pytest.mark.parametrize("path", ["/api/users", "/api/users/nobody", "/users", "/schema/openapi.json", "/nowhere"])
def test_head_sends_the_headers_of_get_and_no_body(path: str) -> None:
    container = a_container()
    got = asyncio.run(ask_raw(container, "GET", path, x_request_id="same", cookie=f"shapeshift-form={'x' * 22}"))
    head = asyncio.run(ask_raw(container, "HEAD", path, x_request_id="same", cookie=f"shapeshift-form={'x' * 22}"))

    assert head[0] == got[0]
    assert [message["body"] for message in got[1:]] != [b""]
    assert [message["body"] for message in head[1:]] == [b""]
