"""VPC Lattice's events in the spellings that its documentation leaves open."""

from collections.abc import Iterator

import pytest

from containers.entrypoints.events import HttpEvent
from containers.entrypoints.events.sources import source_of
from containers.entrypoints.invocations import Handler
from parity.events import Json
from tests.runtimes.handlers import a_handler

V1: Json = {"raw_path": "/api/users", "method": "GET", "headers": {"x-forwarded-for": "10.0.0.9"}}
V2: Json = {"version": "2.0", "path": "/api/users", "method": "GET", "headers": {"x-forwarded-for": ["10.0.0.9"]}}


@pytest.fixture(scope="module")
def handler() -> Iterator[Handler]:
    with a_handler() as handler:
        yield handler


@pytest.mark.parametrize(
    "event",
    [
        {**V1, "query_string_parameters": {"limit": "0"}},
        {**V1, "raw_path": "/api/users?limit=0"},
        {**V1, "raw_path": "/api/users?limit=0", "query_string_parameters": {"limit": "0"}},
        {**V2, "queryStringParameters": {"limit": ["5", "0"]}},
        {**V2, "queryStringParameters": {"limit": "0"}},
        {**V2, "query_string_parameters": {"limit": "0"}},
        {**V2, "path": "/api/users?limit=0", "queryStringParameters": {"limit": ["0"]}},
    ],
    ids=str,
)
def test_a_query_is_read_wherever_it_is(handler: Handler, event: Json) -> None:
    result = handler(event, None)

    assert result["statusCode"] == 400
    assert '"field":"limit"' in result["body"]


@pytest.mark.parametrize("event", [V1, V2], ids=["version 1", "version 2"])
def test_the_peer_is_the_address_that_the_service_network_added(event: Json) -> None:
    source = source_of(event)
    assert source
    assert HttpEvent(event, None, source).scope["client"] == ("10.0.0.9", 0)


@pytest.mark.parametrize("flag", [True, "true"])
def test_a_body_in_base64_is_decoded(handler: Handler, flag: object) -> None:
    body = "eyJuYW1lIjogIkFkYSIsICJlbWFpbCI6ICJhQGV4YW1wbGUuY29tIn0="
    event = {**V1, "method": "POST", "headers": {"Content-Type": "application/json"}, "body": body}

    assert handler({**event, "is_base64_encoded": flag}, None)["statusCode"] in {201, 409}
