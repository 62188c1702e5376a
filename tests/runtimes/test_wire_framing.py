"""One request comes out of one request, whatever its head offers and wherever its body ends."""

from collections.abc import Iterator
from pathlib import Path
from time import sleep
from uuid import uuid4

import pytest

from tests.runtimes.processes import Served, serving
from tests.runtimes.wire import JSON, PLAIN, SERVERS, Wire, exists, head, memory_server, new_user

UPGRADES = [
    (b"Connection: Upgrade", b"Upgrade: h2c"),
    (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"),
    (b"upgrade: WebSocket", b"connection: keep-alive, upgrade"),
    (b"Connection: upgrade", b"Upgrade: anything/2, h2c"),
    (b"Connection: upgrade", b"Upgrade: a", b"Upgrade: b"),
]


@pytest.fixture(scope="module", params=SERVERS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with memory_server(tmp_path_factory.mktemp("wire"), request.param, TRUSTED_HOPS="1") as server:
        yield server


def _email() -> str:
    return f"{uuid4()}@example.org"


def _user(email: str) -> bytes:
    return b'{"name": "Ada", "email": "%s"}' % email.encode()


def _chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


@pytest.mark.parametrize("offer", UPGRADES)
def test_an_offer_to_upgrade_is_ignored_and_the_body_is_read(served: Served, offer: tuple[bytes, ...]) -> None:
    json = JSON.strip()
    with Wire(served) as wire:
        body = _user(_email())
        wire.send(head("POST", "/api/users", json, *offer, b"Content-Length: %d" % len(body)), body)
        assert wire.answer("POST")[0] == 201
        body = _user(_email())
        wire.send(head("POST", "/api/users", json, b"Transfer-Encoding: chunked", *offer))
        wire.send(_chunked(body[:9], body[9:]))
        assert wire.answer("POST")[0] == 201
        wire.send(head("GET", "/api/health/live", *offer) * 2)
        assert [wire.answer()[0] for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_the_body_after_an_offer_is_never_run_as_a_request(served: Served, method: str, framing: str) -> None:
    path = new_user(served, _email())
    request = head("DELETE", path)
    length = b"Content-Length: %d" % len(request) if framing == "length" else b"Transfer-Encoding: chunked"
    with Wire(served) as wire:
        wire.send(head(method, "/api/users", JSON.strip(), b"Connection: Upgrade", b"Upgrade: h2c", length))
        sleep(0.1)
        wire.send(request if framing == "length" else _chunked(request))
        assert wire.answer(method)[0] in {400, 405}
        wire.send(head("GET", path, b"Connection: close"))
        assert wire.answer()[0] == 200
        assert wire.is_closed()
    assert exists(served, path)


def test_a_form_after_an_offer_is_read(served: Served) -> None:
    form = b"name=Ada&email=" + _email().encode()
    fields = (b"Content-Type: application/x-www-form-urlencoded", b"Content-Length: %d" % len(form))
    with Wire(served) as wire:
        wire.send(head("POST", "/users", *fields, b"Connection: Upgrade", b"Upgrade: websocket"), form)
        offered = wire.answer("POST")[0]
        wire.send(head("POST", "/users", *fields), form)
        assert offered == wire.answer("POST")[0]


@pytest.mark.parametrize(
    "request_",
    [
        b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_asks_for_another_protocol_is_refused_and_nothing_after_it_runs(served: Served, request_: bytes) -> None:
    path = new_user(served, _email())
    with Wire(served) as wire:
        wire.send(request_, head("DELETE", path))
        answer = wire.rest()
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ", b"HTTP/1.1 505 "))
    assert answer.count(b"HTTP/1.1 ") == 1
    assert exists(served, path)


@pytest.mark.parametrize(
    "framing",
    [
        [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
        [b"Transfer-Encoding: chunked", b"Content-Length: 5"],
        [b"Content-Length: 5", b"Content-Length: 6"],
        [b"Content-Length: 5, 6"],
        [b"Content-Length: +5"],
        [b"Content-Length: 0x5"],
        [b"Content-Length : 5"],
        [b"Transfer-Encoding: chunked, identity"],
        [b"Transfer-Encoding: gzip, chunked"],
        [b"Transfer-Encoding: xchunked"],
        [b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity"],
        [b"Transfer-Encoding : chunked"],
        [b"X: a\rContent-Length: 5"],
    ],
    ids=lambda lines: b"|".join(lines).decode(),
)
def test_an_ambiguous_end_is_refused_and_nothing_after_it_runs(served: Served, framing: list[bytes]) -> None:
    path = new_user(served, _email())
    with Wire(served) as wire:
        wire.send(head("DELETE", path, *framing), b"0\r\n\r\n", head("DELETE", path))
        answer = wire.rest()
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 "))
    assert answer.count(b"HTTP/1.1 ") == 1
    assert exists(served, path)


@pytest.mark.parametrize(
    "folded", [b"X: a\r\n Content-Length: 5", b"X: a\nContent-Length: 5", b"Content-Length:\r\n 5"]
)
def test_lines_of_another_form_make_at_most_one_request(served: Served, folded: bytes) -> None:
    with Wire(served) as wire:
        wire.send(head("GET", "/api/health/live", folded, b"Connection: close"), b"GET /")
        assert wire.rest().count(b"HTTP/1.1 ") == 1


def test_a_media_type_in_a_trailer_is_none(served: Served) -> None:
    with Wire(served) as wire:
        body = _chunked(_user(_email()))[:-2]
        wire.send(head("POST", "/api/users", b"Transfer-Encoding: chunked"), body, JSON, b"\r\n")
        assert wire.answer("POST")[0] == 415


def test_an_address_in_a_trailer_is_not_the_client(served: Served) -> None:
    body = _user(_email())
    with Wire(served) as wire:
        wire.send(head("POST", "/api/users", JSON.strip(), b"Transfer-Encoding: chunked", b"Trailer: X-Forwarded-For"))
        wire.send(_chunked(body)[:-2], b"X-Forwarded-For: 203.0.113.77\r\n", b"\r\n")
        assert wire.answer("POST")[0] == 201
        wire.send(head("GET", "/api/health/live"))
        assert wire.answer()[0] == 200
    assert "203.0.113.77" not in served.output


def test_trailers_without_end_are_refused(served: Served) -> None:
    with Wire(served) as wire:
        wire.send(
            head("POST", "/api/users", JSON.strip(), b"Transfer-Encoding: chunked"), b"0\r\n", b"X: y\r\n" * 20_000
        )
        assert wire.answer("POST")[0] == 400
        assert wire.is_closed()


@pytest.mark.parametrize("trailer", [b"Connection: close", b"Connection: upgrade\r\nUpgrade: h2c", b"Expect: x"])
@pytest.mark.parametrize("path", ["/api/users", "/api/health/live"], ids=["read", "not read"])
def test_a_trailer_leaves_no_request_after_it_without_an_answer_or_an_end(
    served: Served, path: str, trailer: bytes
) -> None:
    """On httptools the connection ends after such a trailer, so that the caller asks again."""
    with Wire(served) as wire:
        chunks = _chunked(_user(_email()))[:-2]
        wire.send(head("POST", path, JSON.strip(), b"Transfer-Encoding: chunked"), chunks, trailer, b"\r\n\r\n")
        assert wire.answer("POST")[0] in {201, 405}
        wire.send(head("GET", "/api/health/live", b"Connection: close"))
        answer = wire.rest()
    assert not answer or answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "chunks", [b"zz\r\n", b"3\r\nabc\r\nzz\r\n", b"3\r\nabcdef", b"-3\r\nabc\r\n", b"0\r\nX y\r\n\r\n"]
)
def test_a_malformed_body_is_refused_at_once_and_nothing_after_it_runs(served: Served, chunks: bytes) -> None:
    user = new_user(served, _email())
    with Wire(served) as wire:
        wire.send(head("POST", "/api/users", JSON.strip(), b"Transfer-Encoding: chunked"), chunks)
        assert wire.answer("POST")[0] == 400
        assert wire.is_closed()
    assert exists(served, user)


def test_on_plain_uvicorn_a_connection_ends_with_a_request_that_offers_an_upgrade(tmp_path: Path) -> None:
    """What the application can do there: the body is lost, and is at least no request."""
    with serving(tmp_path, command=PLAIN, RUNTIME="local", STORE="memory") as served:
        path = new_user(served, _email())
        request = head("DELETE", path)
        with Wire(served) as wire:
            length = b"Content-Length: %d" % len(request)
            wire.send(head("POST", "/api/users", JSON.strip(), b"Connection: Upgrade", b"Upgrade: h2c", length))
            sleep(0.1)
            wire.send(request)
            answer = wire.rest()
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert answer.count(b"HTTP/1.1 ") == 1
        assert exists(served, path)
