"""What an operator reads about requests that could not be served, from the API and from the pages."""

import asyncio
from typing import Any

import httpx
import pytest
from dependency_injector.providers import Object
from structlog.testing import capture_logs

from service.application.deadline import waiting_for
from service.application.ports import Page, Position
from service.domain.errors import StoreUnavailable
from service.domain.users import User
from service.http.middleware import deadline
from tests.http.conftest import a_container, client_of
from tests.http.test_every_response import BrokenUsers

PATHS = ("/api/users", "/users", "/", "/orders")


class WaitingUsers(BrokenUsers):
    """Notes what it waits for, as an adapter does."""

    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[User]:
        waiting_for("dynamodb Query")
        try:
            return await super().page(limit, after, owner_id=owner_id)
        except StoreUnavailable as unavailable:
            raise unavailable from ConnectionError("no route\nto the host, with the password hunter2")


def ask(users: BrokenUsers, *paths: str, **environ: str) -> tuple[list[httpx.Response], list[Any]]:
    """The answers, and the lines that were logged."""
    container = a_container(**environ)
    container.user_repository.override(Object(users))

    async def asked() -> list[httpx.Response]:
        async with client_of(container) as client:
            return await asyncio.gather(*map(client.get, paths))

    with capture_logs() as lines:
        responses = asyncio.run(asked())
    return responses, lines


def of(lines: list[Any], event: str) -> list[Any]:
    return [line for line in lines if line["event"] == event]


@pytest.mark.parametrize("path", PATHS)
def test_a_store_failure_is_logged_with_its_cause_wherever_it_is_met(path: str) -> None:
    (response,), lines = ask(WaitingUsers(StoreUnavailable()), path)

    (line,) = of(lines, "unavailable")
    assert line["cause"] == "dynamodb Query; ConnectionError: no route"
    assert line["request_id"] == response.headers["x-request-id"]
    assert line["log_level"] == "error"
    (access,) = of(lines, "request")
    assert (access["status"], access["request_id"]) == (response.status_code, line["request_id"])
    assert "hunter2" not in str(lines)


def test_of_a_long_chain_of_causes_three_are_logged() -> None:
    failure: Exception = StoreUnavailable()
    innermost = failure
    for cause in (ValueError("1"), KeyError(), OSError("3"), TypeError("4"), IndexError("5")):
        innermost.__cause__ = cause
        innermost = cause

    _, lines = ask(BrokenUsers(failure), "/api/users")

    assert [line["cause"] for line in of(lines, "unavailable")] == ["ValueError: 1; KeyError; OSError: 3"]


def test_an_answer_of_the_deadline_says_when_it_is_not_known_what_it_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.05)

    _, lines = ask(BrokenUsers(None, seconds=30), "/api/users")

    (line,) = of(lines, "unavailable")
    assert line["cause"] == "no answer within 0.05 s, waiting for an unknown operation"


def test_a_store_failure_without_a_cause_is_logged() -> None:
    _, lines = ask(BrokenUsers(StoreUnavailable()), "/api/users")
    assert [line["cause"] for line in of(lines, "unavailable")] == ["StoreUnavailable without a cause"]


@pytest.mark.parametrize("path", ["/api/users", "/users"])
def test_an_answer_of_the_deadline_has_a_line_with_what_it_waited_for(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.05)

    (response,), lines = ask(WaitingUsers(None, seconds=30), path)

    assert response.status_code == 503
    (line,) = of(lines, "unavailable")
    assert line["cause"] == "no answer within 0.05 s, waiting for dynamodb Query"
    assert line["request_id"] == response.headers["x-request-id"]


def test_many_answers_of_the_deadline_are_counted_by_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.05)
    container = a_container()
    container.user_repository.override(Object(WaitingUsers(None, seconds=30)))

    async def asked() -> None:
        async with client_of(container) as client:
            await asyncio.gather(*(client.get("/api/users") for _ in range(64)))
            await asyncio.sleep(1.2)

    with capture_logs() as lines:
        asyncio.run(asked())

    assert len(of(lines, "request")) == 64
    cause = "no answer within 0.05 s, waiting for dynamodb Query"
    assert [line["cause"] for line in of(lines, "unavailable")] == [cause] * 5
    assert [line["causes"] for line in of(lines, "503 answers")] == [{cause: 59}]


def test_the_last_causes_are_logged_when_the_application_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.05)
    container = a_container()
    container.user_repository.override(Object(WaitingUsers(None, seconds=30)))

    async def asked() -> None:
        app = container.app()
        async with app.lifespan(), client_of(container) as client:
            await asyncio.gather(*(client.get("/api/users") for _ in range(8)))

    with capture_logs() as lines:
        asyncio.run(asked())

    assert [line["count"] for line in of(lines, "503 answers")] == [3]


@pytest.mark.parametrize("path", ["/api/health/ready", "/health"])
def test_a_process_that_drains_says_so(path: str) -> None:
    container = a_container()

    async def asked() -> httpx.Response:
        async with client_of(container) as client:
            container.readiness().draining = True
            return await client.get(path)

    with capture_logs() as lines:
        assert asyncio.run(asked()).status_code == 503

    assert [line["cause"] for line in of(lines, "unavailable")] == ["Not ready: process is draining."]


def test_an_unforeseen_error_is_logged_once_on_a_page_too() -> None:
    (response,), lines = ask(BrokenUsers(RuntimeError("no idea")), "/users")
    assert response.status_code == 500
    assert [line["request_id"] for line in of(lines, "unforeseen error")] == [response.headers["x-request-id"]]
    assert of(lines, "unavailable") == []
