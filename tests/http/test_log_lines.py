"""The log line of each request, and how the application stops."""

import asyncio
from typing import Any

import httpx
import pytest
from dependency_injector.providers import Object
from structlog.testing import capture_logs

from service.adapters.memory.store import MemoryStore
from service.http.answers import Answer
from service.http.middleware.access_log import log_access
from service.http.unavailable import CauseLog
from tests.http.conftest import a_container, client_of
from tests.memory import MemoryUserRepository


def logged(
    method: str, path: str, headers: dict[str, str] | None = None, **environ: str
) -> tuple[httpx.Response, dict[str, Any]]:
    """The response to a request, and what is logged about it."""

    async def asked() -> httpx.Response:
        async with client_of(a_container(**environ)) as client:
            return await client.request(method, path, headers=headers)

    with capture_logs() as lines:
        response = asyncio.run(asked())
    (line,) = [line for line in lines if line["event"] == "request"]
    return response, dict(line)


@pytest.mark.parametrize(
    ("method", "path", "template", "status"),
    [
        ("GET", "/api/users", "/api/users", 200),
        ("HEAD", "/api/users", "/api/users", 200),
        ("GET", "/api/users/private?q=private", "/api/users/{user_id}", 404),
        ("HEAD", "/api/orders/private", "/api/orders/{order_id}", 404),
        ("GET", "/nowhere/private", "-", 404),
        ("OPTIONS", "/api/users", "-", 405),
        ("GET", "/api/users/", "-", 404),
    ],
)
def test_a_request_is_one_line_with_its_path_template(method: str, path: str, template: str, status: int) -> None:
    response, line = logged(method, path)

    assert (line["method"], line["path"], line["status"]) == (method, template, status)
    assert (line["log_level"], line["request_id"]) == ("info", response.headers["x-request-id"])
    assert "private" not in str(line)


@pytest.mark.parametrize(("hops", "client"), [("0", "127.0.0.1"), ("1", "203.0.113.2"), ("2", "203.0.113.1")])
def test_the_client_is_who_the_trusted_proxies_saw(hops: str, client: str) -> None:
    forwarded = {"x-forwarded-for": "6.6.6.6, 203.0.113.1, 203.0.113.2"}

    _, line = logged("GET", "/api/users", forwarded, TRUSTED_HOPS=hops)

    assert line["client"] == client


@pytest.mark.parametrize(("method", "shown"), [("X" * 20, "X" * 20), ("X" * 21, "-"), ("BR\xc9W", "-"), ("A\nB", "-")])
def test_a_method_is_shown_that_is_short_and_printable(method: str, shown: str) -> None:
    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        """Sends nothing, as for a caller who is gone."""

    scope: dict[str, Any] = {"method": method, "headers": [], "client": None, "state": {"request_id": "r1"}}
    with capture_logs() as lines:
        asyncio.run(log_access(app, 0, CauseLog())(scope, None, None))  # type: ignore[arg-type]  # it uses neither

    (line,) = lines
    assert (line["method"], line["path"], line["status"], line["request_id"]) == (shown, "-", 500, "r1")


def test_the_milliseconds_that_a_request_took_are_logged() -> None:
    class SlowUsers(MemoryUserRepository):
        async def get(self, user_id: str) -> Any:
            await asyncio.sleep(0.05)
            return await super().get(user_id)

    async def asked() -> None:
        container = a_container()
        container.user_repository.override(Object(SlowUsers(MemoryStore())))
        async with client_of(container) as client:
            await client.get("/api/users/u1")

    with capture_logs() as lines:
        asyncio.run(asked())

    assert 50 <= lines[-1]["ms"] < 5000


def test_the_repositories_are_closed_when_the_application_stops() -> None:
    closed = []

    class ClosingUsers(MemoryUserRepository):
        async def close(self) -> None:
            closed.append("users")

    async def lived() -> None:
        container = a_container()
        container.user_repository.override(Object(ClosingUsers(MemoryStore())))
        async with container.app().lifespan():
            assert closed == []

    asyncio.run(lived())

    assert closed == ["users"]


def sent_by(answer: Answer) -> list[dict[str, Any]]:
    """The ASGI messages that an answer sends."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise NotImplementedError

    asyncio.run(answer({}, receive, send))
    return sent


def test_an_answer_is_sent_with_its_type_and_its_length_in_bytes() -> None:
    assert sent_by(Answer("é".encode(), 201, "text/x", {"Location": "x"})) == [
        {
            "type": "http.response.start",
            "status": 201,
            "headers": [(b"location", b"x"), (b"content-type", b"text/x"), (b"content-length", b"2")],
        },
        {"type": "http.response.body", "body": "é".encode(), "more_body": False},
    ]


def test_an_answer_without_a_type_has_neither_type_nor_length() -> None:
    assert sent_by(Answer(b"", 204, media_type=""))[0] == {
        "type": "http.response.start", "status": 204, "headers": [],
    }  # fmt: skip
