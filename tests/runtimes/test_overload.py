"""What real servers answer to more requests than they may have under way, whichever connections they have."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtimes.processes import Served, serving, wait_until
from tests.runtimes.wire import JSON, PLAIN, SERVERS, Wire, head, log_lines

SLOW = head("GET", "/api/orders/tea-1")
LIST = head("GET", "/api/users", b"X-Request-ID: mine")
BODY = b'{"name": "Ada", "email": "ada@example.com"}'
CREATE = head("POST", "/api/users", JSON.strip(), b"Content-Length: %d" % len(BODY)) + BODY


@pytest.fixture(params=[*SERVERS, "uvicorn"])
def busy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """A server that has one request under way, which is all that it may have."""
    command = SERVERS.get(request.param, PLAIN)
    environ = {"RUNTIME": "tests.runtimes.slow:Slow", "STORE": "memory", "REQUESTS_MAX": "1"}
    with serving(tmp_path, command=command, **environ) as served, Wire(served) as slow:
        slow.send(SLOW)
        wait_until(lambda: _status(served, LIST) == 503)
        yield served
        assert slow.answer()[0] == 404


def _status(served: Served, request: bytes) -> int:
    with Wire(served) as wire:
        wire.send(request)
        return wire.answer()[0]


def test_a_refusal_is_the_same_on_each_server_and_the_connection_stays(busy: Served) -> None:
    with Wire(busy) as wire:
        for request in (LIST, CREATE, LIST):
            wire.send(request)
            status, body = wire.answer()
            problem = json.loads(body)
            assert (status, problem["type"], problem["status"]) == (503, "/problems/overloaded", 503)
        assert problem["instance"] == "urn:request:mine"
        wire.send(head("HEAD", "/api/users"), head("GET", "/api/health/ready"))
        assert wire.answer("HEAD") == (503, b"")
        assert wire.answer()[0] == 200


def test_health_is_answered_and_the_log_has_one_line_for_all_refusals(busy: Served) -> None:
    for _ in range(20):
        assert _status(busy, LIST) == 503
    assert _status(busy, head("GET", "/api/health/live")) == 200

    def summaries() -> list[int]:
        return [line["refused"] for line in log_lines(busy) if line["event"] == "refused requests"]

    wait_until(lambda: sum(summaries()) >= 20, lambda: busy.output)
    assert not [line for line in log_lines(busy) if line.get("path") == "/api/users"]
