"""What real servers answer to more requests than they may have under way, whichever connections they have."""

import json
import re
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.runtimes.processes import Served, serving, wait_until
from tests.runtimes.wire import JSON, PLAIN, SERVERS, Wire, head, log_lines, memory_server

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


MANY = 1024
"""So many connections one after the other, of which each left others waiting, are a flood."""


@pytest.fixture
def many_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture
def late(busy: Served) -> Iterator[Callable[[bytes], Wire]]:
    """Makes connections that a busy server accepts when all of them have sent something."""
    process = psutil.Process(busy.process.pid)
    process.suspend()
    with ExitStack() as stack:
        stack.callback(process.resume)

        def connect(sent: bytes) -> Wire:
            wire = stack.enter_context(Wire(busy))
            wire.send(sent)
            return wire

        yield connect


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("busy", ["httptools"], indirect=True)  # the only one that `shapeshift serve` starts
def test_in_a_flood_of_connections_those_that_wait_are_refused_and_closed(busy: Served, late: Any) -> None:
    first = [late(LIST) for _ in range(MANY)]
    old = head("GET", "/api/users", b"Connection: keep-alive").replace(b"1.1", b"1.0")
    upgrade = head("GET", "/api/users", b"Connection: Upgrade", b"Upgrade: h2c")
    requests = (LIST, CREATE, old, upgrade, head("GET", "/users", b"Connection: close"))
    wires = [late(request) for request in requests * 10]
    health = [late(head("GET", "/api/health/ready")) for _ in range(20)]
    head_only = late(head("HEAD", "/api/users"))
    half = late(CREATE[:-1])
    psutil.Process(busy.process.pid).resume()
    assert {wire.answer()[0] for wire in first} == {503}
    for wire in wires:
        status, body = wire.answer()
        assert (status, json.loads(body)["type"]) == (503, "/problems/overloaded")
        assert wire.is_closed()
    assert [wire.answer()[0] for wire in health] == [200] * 20
    assert head_only.answer("HEAD") == (503, b"")
    half.send(CREATE[-1:])
    assert half.answer()[0] == 503


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("busy", ["httptools"], indirect=True)
def test_connections_that_are_opened_at_once_stay_when_their_requests_are_refused(busy: Served, late: Any) -> None:
    wires = [late(LIST) for _ in range(MANY // 2)]
    psutil.Process(busy.process.pid).resume()
    assert {wire.answer()[0] for wire in wires} == {503}
    for wire in wires:
        wire.send(LIST)
    assert {wire.answer()[0] for wire in wires} == {503}


CHUNKED = head("POST", "/api/users", JSON.strip(), b"Transfer-Encoding: chunked") + b"2b\r\n%b\r\n0\r\n\r\n" % BODY


def test_what_has_to_be_parsed_is_refused_as_well(busy: Served) -> None:
    with Wire(busy) as wire:
        for parts in ((CHUNKED,), (CREATE[: -len(BODY)], BODY), (LIST[:20], LIST[20:])):
            for part in parts:
                wire.send(part)
                time.sleep(0.05)  # or else the server reads them at once
            assert wire.answer()[0] == 503
        wire.send(LIST, CREATE, LIST)
        assert [wire.answer()[0] for _ in range(3)] == [503] * 3
        wire.send(head("GET", "/api/users", b"Connection: close"))
        assert wire.answer()[0] == 503
        assert wire.is_closed()


def flood(wire: Wire) -> None:
    """Send requests and read nothing, until the server does not read any more."""
    wire.socket.settimeout(1)
    while True:
        wire.send(head("GET", "/api/users") * 100)


@pytest.mark.parametrize("busy", SERVERS, indirect=True)
def test_refusals_that_the_caller_does_not_read_take_no_memory(busy: Served) -> None:
    process = psutil.Process(busy.process.pid)
    before = process.memory_info().rss
    with Wire(busy) as wire, pytest.raises(TimeoutError):
        flood(wire)
    assert process.memory_info().rss < before * 1.2


def test_a_refusal_does_not_wait_for_a_body(busy: Served) -> None:
    with Wire(busy) as wire:
        wire.send(CREATE[: -len(BODY)])
        assert wire.answer()[0] == 503
        wire.send(BODY, LIST)
        assert wire.answer()[0] == 503
    with Wire(busy) as wire:
        wire.send(head("POST", "/api/users", b"Connection: close", b"Content-Length: 2"))
        assert wire.answer()[0] == 503
        wire.send(b"{}")
        assert wire.is_closed()


@pytest.mark.parametrize("busy", ["httptools"], indirect=True)
def test_who_waits_to_be_told_to_continue_is_refused_and_told_to_leave(busy: Served) -> None:
    with Wire(busy) as wire:
        wire.send(head("POST", "/api/users", b"Expect: 100-continue", b"Content-Length: 2"))
        response = wire.response()
        assert (response.status, response.headers["connection"]) == (503, "close")
        response.read()
        wire.send(b"{}", LIST)
        assert wire.is_closed()


def test_faulty_framing_is_no_overload(busy: Served) -> None:
    for lines in ([b"Content-Length: 2", b"Content-Length: 0"], [b"Content-Length: +2"], [b"Content-Length : 2"]):
        with Wire(busy) as wire:
            wire.send(head("POST", "/api/users", *lines), b"{}")
            assert wire.answer()[0] == 400


@pytest.mark.parametrize("parser", SERVERS)
@pytest.mark.parametrize("target", [b"http://x", b"http://x:99999999/api/users", b"http://"])
def test_a_target_that_is_no_url_takes_no_place(tmp_path: Path, parser: str, target: bytes) -> None:
    with memory_server(tmp_path, parser, REQUESTS_MAX="2") as served:
        for _ in range(4):
            with Wire(served) as wire:
                wire.send(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
                wire.answer()
        assert _status(served, LIST) == 200


@pytest.mark.parametrize("busy", ["httptools", "uvicorn"], indirect=True)  # h11 finds no path in such a target
def test_health_that_is_asked_for_with_a_host_is_answered(busy: Served) -> None:
    assert _status(busy, head("GET", "http://x/api/health/live")) == 200
    assert _status(busy, head("GET", "http://x/api/users")) == 503


@pytest.mark.parametrize("parser", SERVERS)
def test_a_refusal_by_a_process_that_drains_ends_the_connection(tmp_path: Path, parser: str) -> None:
    environ = {"RUNTIME": "tests.runtimes.slow:Slow", "STORE": "memory", "REQUESTS_MAX": "1", "DRAIN_SECONDS": "500"}
    with serving(tmp_path, command=SERVERS[parser], **environ) as served, Wire(served) as slow, Wire(served) as wire:
        served.send(signal.SIGTERM)
        wait_until(lambda: _status(served, head("GET", "/api/health/ready")) == 503)
        slow.send(SLOW)
        wait_until(lambda: _status(served, LIST) == 503)
        wire.send(LIST)
        assert wire.answer()[0] == 503
        assert wire.is_closed()
        served.send(signal.SIGTERM)


def test_an_unfit_request_id_is_replaced_in_a_refusal(busy: Served) -> None:
    with Wire(busy) as wire:
        for identity in (b"has spaces", b"", b"a" * 65):
            wire.send(head("GET", "/api/users", b"X-Request-ID: " + identity))
            instance = json.loads(wire.answer()[1])["instance"]
            assert re.fullmatch("urn:request:[0-9a-f-]{36}", instance)


def test_health_is_answered_and_the_log_has_one_line_for_all_refusals(busy: Served) -> None:
    for _ in range(20):
        assert _status(busy, LIST) == 503
    assert _status(busy, head("GET", "/api/health/live")) == 200

    def summaries() -> list[int]:
        return [line["refused"] for line in log_lines(busy) if line["event"] == "refused requests"]

    wait_until(lambda: sum(summaries()) >= 20, lambda: busy.output)
    assert not [line for line in log_lines(busy) if line.get("path") == "/api/users"]
