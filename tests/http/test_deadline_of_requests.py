"""Whose time counts: a request has a deadline, a body another one, and an answer that has begun has none."""

import asyncio
from time import monotonic
from typing import Any

import pytest

from service.application.deadline import seconds_left, waiting_for
from service.http.asgi import App
from service.http.middleware import deadline
from service.http.middleware.deadline import ARRIVED, keep_deadline
from service.http.problems import UNAVAILABLE
from service.http.unavailable import causes_of
from tests.virtual_time import now, run_at_once

START = {"type": "http.response.start", "status": 200, "headers": []}
BODY = {"type": "http.response.body", "body": b"done"}


def sent_by(
    app: App, *pauses: float, cancel_after: float | None = None, run: Any = asyncio.run, **scope: Any
) -> list[Any]:
    """What is sent to a caller whose body arrives in pieces, each after a pause in seconds."""
    sent: list[Any] = []
    pieces = list(pauses)

    async def receive() -> Any:
        await asyncio.sleep(pieces.pop(0))
        return {"type": "http.request", "body": b"x", "more_body": bool(pieces)}

    async def send(message: Any) -> None:
        sent.append(message)

    async def served() -> None:
        if cancel_after is not None:
            task = asyncio.current_task()
            assert task
            asyncio.get_running_loop().call_later(cancel_after, task.cancel)
        await keep_deadline(app)({"state": {"request_id": "r1"}, **scope}, receive, send)

    run(served())
    return sent


async def read(receive: Any) -> None:
    while (await receive()).get("more_body"):
        pass


@pytest.fixture
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.2)
    monkeypatch.setattr(deadline, "BODY_SECONDS", 30)


@pytest.mark.usefixtures("little_time")
def test_a_body_that_arrives_slowly_costs_none_of_our_time() -> None:
    left: list[float] = []

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await read(receive)
        left.append(seconds_left(90))
        await send(START)
        await send(BODY)

    assert sent_by(app, 0.15, 0.15, 0.15) == [START, BODY]
    assert 0.1 < left[0] <= 0.2


@pytest.mark.usefixtures("little_time")
def test_what_is_slow_after_its_body_has_arrived_is_503() -> None:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await read(receive)
        await asyncio.sleep(3)
        await send(START)

    start, body = sent_by(app, 0, 0)

    assert (start["status"], dict(start["headers"])[b"retry-after"]) == (503, b"1")
    assert b'"detail":"The request took too long. Whether it took effect is not known."' in body["body"]


def test_a_body_that_does_not_arrive_is_408_and_the_limit_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "BODY_SECONDS", 0.05)

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        await read(receive)

    start, body = sent_by(app, 0, 30)

    assert start["status"] == 408
    assert b'"detail":"The body did not arrive within 10 seconds."' in body["body"]


@pytest.mark.usefixtures("little_time")
def test_an_answer_that_has_begun_is_not_cut_off() -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send(START)
        await asyncio.sleep(0.4)
        await send(BODY)

    assert sent_by(app) == [START, BODY]


def test_a_request_that_the_server_cancels_is_answered_with_503_and_its_cause_is_noted() -> None:
    scopes: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        scopes.append(scope)
        waiting_for("a store")
        await asyncio.sleep(30)

    start, body = sent_by(app, cancel_after=0.05)

    assert list(causes_of(scopes[0]["state"])) == ["the process is stopping, waiting for a store"]
    assert start["status"] == UNAVAILABLE.status == 503
    assert b'"detail":"The process is stopping. Whether the request took effect is not known."' in body["body"]


def test_an_answer_that_the_server_cancels_is_not_followed_by_another() -> None:
    sent: list[Any] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        sent.append(START)
        await send(START)
        await asyncio.sleep(30)

    with pytest.raises(asyncio.CancelledError):
        sent_by(app, cancel_after=0.05)
    assert sent == [START]


def test_what_fails_without_an_answer_leaves_no_deadline_behind() -> None:
    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        raise ZeroDivisionError

    async def story() -> None:
        with pytest.raises(ZeroDivisionError):
            await keep_deadline(app)({}, None, None)  # type: ignore[arg-type]  # it uses neither
        await asyncio.sleep(60)

    run_at_once(story())


@pytest.mark.parametrize(
    ("body", "work", "status"),
    [((), 1.99, 200), ((), 2.01, 503), ((9.99,), 1.99, 200), ((9.99, 0.02), 0, 408), ((9.99,), 2.01, 503)],
)
def test_a_request_may_take_two_seconds_and_its_body_ten(body: tuple[float, ...], work: float, status: int) -> None:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        if body:
            await read(receive)
        await asyncio.sleep(work)
        await send(START)

    assert sent_by(app, *body, run=run_at_once)[0]["status"] == status


def test_the_time_that_a_request_waited_to_be_served_counts() -> None:
    left: list[float] = []

    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        left.append(seconds_left(90))
        try:
            await asyncio.sleep(60)
        finally:
            left.append(now())

    start, _ = sent_by(app, run=run_at_once, **{ARRIVED: monotonic() - 1.5})

    assert start["status"] == 503
    assert left == [pytest.approx(0.5, abs=0.3)] * 2


def test_what_waits_on_behalf_of_a_request_has_no_more_time_than_it() -> None:
    left: list[float] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        left.append(seconds_left(90))
        await send(START)
        await send(BODY)

    assert sent_by(app, run=run_at_once) == [START, BODY]
    assert left == [2.0]
