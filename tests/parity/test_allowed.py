"""What is allowed to differ is allowed narrowly: what differs beside it is found."""

from dataclasses import replace
from typing import Any

import pytest

from parity.allowed import ALLOWED, as_received, normalised
from parity.calls import Answer, Call, CallSequence
from parity.cells import CELLS, REFERENCE, Cell
from parity.events import SOURCES, Json

SERVER = Cell("uvicorn", "ecs", "sqlite")
ALB = Cell("alb", "lambda", "sqlite")
MADE = "0b9c1c3e-7b1d-4c53-9d0a-5f1f2c3d4e5f"


def a_call(**parts: Any) -> Call:
    usual: dict[str, Any] = {"path": "/api/users", "headers": (("x-request-id", "its-own"),)}
    return Call(**{"label": "c", "method": "GET", **usual, **parts})


def an_answer(body: str = "[]", *headers: tuple[str, str], **logged: Any) -> Answer:
    return Answer(200, tuple(sorted((("content-length", str(len(body))), *headers))), body.encode(), logged or None)


def is_allowed(call: Call, expected: Answer, cell: Cell, actual: Answer) -> bool:
    return normalised(REFERENCE, call, expected) == normalised(cell, call, actual)


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_left_of_a_call_makes_the_very_event_that_the_call_makes(
    source: str, sequences: list[CallSequence]
) -> None:
    """So nothing that the handler could have known is overlooked."""
    cell = Cell(source, "lambda", "memory")
    calls = [call for sequence in sequences for call in sequence.calls]
    lost = [call for call in calls if as_received(cell, call) != call]

    assert lost
    assert len(lost) < len(calls) / 10
    for call in lost:
        assert event_of(source, as_received(cell, call)) == event_of(source, call), call


def event_of(source: str, call: Call) -> Json:
    """The event of a call, without the length of the body as it was before it became text."""
    event = SOURCES[source].event(call)
    for headers in (event.get("headers"), event.get("multiValueHeaders")):
        (headers or {}).pop("content-length", None)
    return event


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.entrance == "uvicorn"])
def test_a_server_loses_nothing(cell: Cell, sequences: list[CallSequence]) -> None:
    assert all(as_received(cell, call) == call for sequence in sequences for call in sequence.calls)


def test_the_date_of_a_server_is_allowed_and_no_other_header() -> None:
    expected = an_answer("[]", ("date", "yesterday"))

    assert is_allowed(a_call(), expected, SERVER, an_answer("[]", ("date", "today")))
    assert is_allowed(a_call(), expected, ALB, an_answer())
    assert not is_allowed(a_call(), expected, ALB, an_answer("[]", ("date", "today")))
    assert not is_allowed(a_call(), expected, SERVER, an_answer("[]", ("date", "today"), ("date", "today")))
    assert not is_allowed(a_call(), expected, SERVER, an_answer("[]", ("date", "today"), ("dates", "today")))
    assert not is_allowed(a_call(), expected, SERVER, an_answer("[ ]", ("date", "today")))


def about(cell: Cell, version: str = "1") -> Answer:
    return an_answer(f'{{"runtime":"{cell.runtime}","store":"{cell.store}","version":"{version}"}}')


def test_health_may_name_its_own_runtime_and_store_and_nothing_else() -> None:
    health = a_call(path="/api/health")

    assert is_allowed(health, about(REFERENCE), ALB, about(ALB))
    assert not is_allowed(health, about(REFERENCE), ALB, about(REFERENCE))
    assert not is_allowed(health, about(REFERENCE), ALB, about(ALB, version="2"))
    assert not is_allowed(health, about(REFERENCE), ALB, replace(about(ALB), headers=(("content-length", "7"),)))
    assert not is_allowed(a_call(path="/api/health/live"), about(REFERENCE), ALB, about(ALB))


def test_a_web_page_may_show_something_else_and_be_nothing_else() -> None:
    html = "content-type", "text/html; charset=utf-8"
    page = an_answer("<p>local</p>", html, ("set-cookie", "a"), ("x-frame-options", "DENY"))
    other = an_answer("<p>lambda</p>", html, ("set-cookie", "b"), ("x-frame-options", "DENY"))

    assert is_allowed(a_call(path="/users"), page, ALB, other)
    assert not is_allowed(a_call(path="/users"), page, ALB, replace(other, status=500))
    assert not is_allowed(a_call(path="/users"), page, ALB, an_answer("<p>lambda</p>", html, ("set-cookie", "b")))
    assert not is_allowed(a_call(), an_answer("1"), ALB, an_answer("2"))


def problem(made: str, header: str = "", logged: str = "") -> Answer:
    body = f'{{"instance":"urn:request:{made}"}}'
    return an_answer(body, ("x-request-id", header or made), request_id=logged or made, status=400)


def test_a_made_request_id_may_differ_if_it_is_the_same_throughout() -> None:
    other = MADE.replace("0b9c", "0b9d")
    for call in (a_call(headers=(("x-request-id", "un fit"),)), a_call(headers=(("x-request-id", "a"),) * 2)):
        assert is_allowed(call, problem(MADE), ALB, problem(other))
        assert not is_allowed(call, problem(MADE), ALB, problem(other, header=MADE))
        assert not is_allowed(call, problem(MADE), ALB, problem(other, logged=MADE))
        assert not is_allowed(call, problem(MADE), ALB, problem("not-made-by-us"))
    assert not is_allowed(a_call(), problem(MADE), ALB, problem(other))


def test_a_difference_of_status_or_log_is_never_allowed() -> None:
    assert not is_allowed(a_call(), an_answer(), ALB, replace(an_answer(), status=201))
    assert not is_allowed(a_call(), an_answer(client="a"), ALB, an_answer(client="b"))
    assert not is_allowed(a_call(), an_answer(client="a"), ALB, an_answer())


def test_each_allowance_says_what_and_why() -> None:
    assert all(each.what and each.why for each in ALLOWED)
    assert len({each.what for each in ALLOWED}) == len(ALLOWED)
