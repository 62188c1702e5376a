"""The log of why requests were answered 503: never a flood, and never a cause that is lost."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from structlog.testing import capture_logs

from service.http import unavailable
from service.http.unavailable import CauseLog, causes_of, note_cause
from tests.virtual_time import now, run_at_once

Lines = list[tuple[str, Any]]


def told(story: Callable[[CauseLog], Coroutine[Any, Any, None]]) -> Lines:
    """What a story logs: the event of each line, and its cause or its counts."""
    with capture_logs() as lines:
        asyncio.run(story(CauseLog()))
    return [(line["event"], line.get("cause") or line.get("causes")) for line in lines]


def test_a_few_causes_are_logged_one_by_one() -> None:
    async def story(log: CauseLog) -> None:
        for number in range(5):
            log.write(f"cause {number}", "id")
        log.flush()

    assert told(story) == [("unavailable", f"cause {number}") for number in range(5)]


def test_many_causes_are_counted_and_logged_when_the_second_ends_also_without_more_traffic() -> None:
    async def story(log: CauseLog) -> None:
        for number in range(1000):
            log.write("queue" if number % 4 else "store", "id")
        await asyncio.sleep(1.2)

    *single, summary = told(story)

    assert len(single) == 5
    assert summary == ("503 answers", {"store": 248, "queue": 747})


def test_the_next_cause_writes_what_a_stopped_event_loop_left() -> None:
    """As on Lambda, where no timer runs between two invocations."""
    now = 0.0
    with pytest.MonkeyPatch.context() as patch, capture_logs() as lines:
        patch.setattr(unavailable, "monotonic", lambda: now)
        log = CauseLog()

        async def invocation() -> None:
            for _ in range(7):
                log.write("store", "id")

        asyncio.run(invocation())
        now = 60.0
        asyncio.run(invocation())
        log.flush()

    assert [line["event"] for line in lines] == [*["unavailable"] * 5, "503 answers"] * 2
    assert [line["count"] for line in lines if "count" in line] == [2, 2]


def test_the_number_and_the_length_of_counted_causes_are_bounded() -> None:
    async def story(log: CauseLog) -> None:
        for number in range(500):
            log.write(f"{number} {'x' * 60_000}", "id")
        log.write(f"5 {'x' * 60_000}", "id")
        log.flush()

    *single, (_, counts) = told(story)

    assert max(len(cause) for _, cause in single) == 200
    assert len(counts) == 21
    assert counts["other causes"] == 475
    assert [count for cause, count in counts.items() if cause != "other causes"] == [2] + [1] * 19


def timers() -> int:
    """How many timers the event loop has that will go off."""
    handles = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]  # noqa: SLF001  # only the loop knows
    return sum(not handle.cancelled() for handle in handles)


def test_nothing_is_left_when_nothing_is_counted() -> None:
    async def story(log: CauseLog) -> None:
        log.write("store", "id")
        assert timers() == 0
        for _ in range(10):
            log.write("store", "id")
        assert timers() == 1
        log.flush()
        assert timers() == 0

    assert told(story) == [*[("unavailable", "store")] * 5, ("503 answers", {"store": 6})]


def test_each_second_with_many_causes_has_a_line_with_their_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unavailable, "monotonic", now)

    async def story() -> None:
        log = CauseLog()
        for _ in range(3):
            for _ in range(7):
                log.write("store", "id")
            await asyncio.sleep(0.99)
            assert len(lines) % 6 == 5
            await asyncio.sleep(0.02)
            assert len(lines) % 6 == 0

    with capture_logs() as lines:
        run_at_once(story())
    assert [line.get("count") for line in lines] == [*[None] * 5, 2] * 3


def test_a_503_has_at_least_one_cause_and_each_cause_once() -> None:
    assert list(causes_of({"status": 503})) == ["unknown cause"]
    assert list(causes_of({"status": 500})) == []

    scope: dict[str, Any] = {"state": {"status": 503}}
    for cause in ("a store", "another", "a store"):
        note_cause(scope, cause)
    assert list(causes_of(scope["state"])) == ["a store", "another"]
