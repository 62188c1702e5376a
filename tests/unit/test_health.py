"""When a process should be sent requests."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from service.adapters.memory.store import MemoryStore
from service.application import health
from service.application.deadline import seconds_left
from service.application.health import CheckReadiness
from service.domain.errors import StoreUnavailable
from tests.memory import MemoryUserRepository
from tests.virtual_time import now, run_at_once

pytestmark = pytest.mark.timeout(20)


class ShakyUsers(MemoryUserRepository):
    """Counts pings, and fails or hangs when it is told to."""

    def __init__(self, failure: BaseException | None = None, *, hangs: bool = False) -> None:
        super().__init__(MemoryStore())
        self.pings = self.under_way = self.most_at_once = 0
        self.failure = failure
        self.hangs = hangs
        self.seconds_left = 0.0
        self.pinged = asyncio.Event()

    async def ping(self) -> None:
        failure, hangs = self.failure, self.hangs
        self.pings += 1
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        self.seconds_left = seconds_left(60)
        self.pinged.set()
        try:
            await asyncio.sleep(60 if hangs else 0)
            if failure:
                raise failure
        finally:
            self.under_way -= 1


class StubbornUsers(ShakyUsers):
    """Does not end when it is cancelled, as a driver that waits for a server to say goodbye."""

    async def ping(self) -> None:
        try:
            await super().ping()
        except asyncio.CancelledError:
            await asyncio.sleep(60)


class SlowUsers(ShakyUsers):
    """Answers after some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    async def ping(self) -> None:
        self.pings += 1
        await asyncio.sleep(self.seconds)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything takes a tenth of the time."""
    for name in ("PING_SECONDS", "CACHE_SECONDS", "_PROBE_SECONDS"):
        monkeypatch.setattr(health, name, getattr(health, name) / 10)


def tell(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def test_a_process_is_ready_when_each_repository_answers() -> None:
    readiness = asyncio.run(CheckReadiness({"users": ShakyUsers()})())

    assert readiness.ready
    assert readiness.status == "ready"
    assert readiness.checks == {"users": "ok", "process": "ok"}


@pytest.mark.usefixtures("quick")
def test_a_process_is_not_ready_when_no_repository_answers() -> None:
    check = CheckReadiness({"users": ShakyUsers(StoreUnavailable()), "orders": ShakyUsers(hangs=True)})

    readiness = asyncio.run(check())

    assert (readiness.ready, readiness.status) == (False, "not ready")
    assert readiness.checks == {"users": "unavailable", "orders": "unavailable", "process": "ok"}
    assert asyncio.run(CheckReadiness({"users": ShakyUsers(StoreUnavailable())})()).status == "not ready"


@pytest.mark.parametrize("failure", [StoreUnavailable(), RuntimeError("no idea"), KeyError("x"), TimeoutError()])
def test_whatever_a_ping_raises_its_check_fails_and_is_logged_with_its_cause(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    failure.__cause__ = OSError("the cable is cut")
    check = CheckReadiness({"users": ShakyUsers(), "orders": ShakyUsers(failure)})

    readiness = asyncio.run(check())

    assert (readiness.ready, readiness.status) == (True, "degraded")
    assert readiness.checks == {"users": "ok", "orders": "unavailable", "process": "ok"}
    [line] = caplog.messages
    assert line.startswith("orders is not ready: ")
    assert isinstance(failure, StoreUnavailable) or type(failure).__name__ in line
    assert line.endswith("OSError: the cable is cut")


def test_a_failure_that_is_its_own_cause_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    failure = RuntimeError("round and round")
    failure.__cause__ = failure

    assert asyncio.run(CheckReadiness({"users": ShakyUsers(failure)})()).status == "not ready"
    assert caplog.messages == ["users is not ready: RuntimeError: round and round"]


def test_a_draining_process_is_not_ready_and_not_degraded() -> None:
    for failure in (None, StoreUnavailable()):
        check = CheckReadiness({"users": ShakyUsers(), "orders": ShakyUsers(failure)})
        check.draining = True

        readiness = asyncio.run(check())

        assert (readiness.ready, readiness.checks["process"]) == (False, "draining")


def test_many_probes_one_after_the_other_ask_the_store_once() -> None:
    async def story() -> None:
        users = ShakyUsers()
        check = CheckReadiness({"users": users})
        for _ in range(50):
            await check()

        assert users.pings == 1

    tell(story)


@pytest.mark.usefixtures("quick")
def test_many_probes_at_once_share_one_ping_while_the_store_hangs(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        users = ShakyUsers(hangs=True)
        check = CheckReadiness({"users": users})
        found = await asyncio.gather(*(check() for _ in range(20)))

        assert {each.status for each in found} == {"not ready"}
        await check()  # the result holds from the end of the ping, not from its start
        assert users.pings == 1
        assert len(caplog.messages) == 1

        await asyncio.sleep(health.CACHE_SECONDS * 1.5)
        await check()
        assert (users.pings, users.most_at_once) == (2, 1)

    caplog.set_level(logging.WARNING)
    tell(story)


@pytest.mark.usefixtures("quick")
def test_one_repository_that_hangs_does_not_take_the_result_of_another() -> None:
    async def story() -> None:
        check = CheckReadiness({"users": ShakyUsers(), "orders": ShakyUsers(hangs=True)})

        assert (await check()).checks == {"users": "ok", "orders": "unavailable", "process": "ok"}

    tell(story)


@pytest.mark.usefixtures("quick")
def test_a_ping_that_cannot_be_cancelled_keeps_no_probe_waiting_and_is_not_repeated() -> None:
    async def story() -> None:
        users = StubbornUsers(hangs=True)
        check = CheckReadiness({"users": users, "orders": ShakyUsers()})
        for _ in range(3):
            async with asyncio.timeout(5):
                assert (await check()).checks["users"] == "unavailable"

        assert users.pings == 1

    tell(story)


@pytest.mark.usefixtures("quick")
def test_a_failure_is_never_newer_than_the_success_that_came_after_it() -> None:
    async def story() -> None:
        users = ShakyUsers(hangs=True)
        check = CheckReadiness({"users": users})
        slow = asyncio.create_task(check())
        await users.pinged.wait()
        users.hangs = False
        assert (await slow).status == "not ready"
        await asyncio.sleep(health.CACHE_SECONDS * 1.5)

        assert [(await check()).status for _ in range(20)] == ["ready"] * 20

    tell(story)


def test_a_probe_that_is_cancelled_does_not_cancel_the_ping_of_the_others() -> None:
    async def story() -> None:
        users = ShakyUsers()
        check = CheckReadiness({"users": users})
        first, second = asyncio.create_task(check()), asyncio.create_task(check())
        await users.pinged.wait()
        first.cancel()

        assert (await second).status == "ready"
        assert first.cancelled()
        assert users.pings == 1

    tell(story)


def test_a_ping_that_is_cancelled_from_within_is_a_failed_check() -> None:
    async def story() -> None:
        check = CheckReadiness({"users": ShakyUsers(asyncio.CancelledError())})

        assert (await check()).status == "not ready"

    tell(story)


def test_a_ping_has_a_deadline_of_its_own_that_adapters_keep() -> None:
    users = ShakyUsers()

    asyncio.run(CheckReadiness({"users": users})())

    assert 0.5 < users.seconds_left <= 1


def test_a_repository_has_a_second_to_answer_and_its_answer_holds_for_a_second() -> None:
    async def story() -> None:
        users = SlowUsers(0.95)
        check = CheckReadiness({"users": users})
        assert (await check()).status == "ready"

        await asyncio.sleep(0.95)
        await check()
        assert users.pings == 1

        await asyncio.sleep(0.1)
        users.seconds, began = 1.05, now()
        assert (await check()).status == "not ready"
        assert users.pings == 2
        assert 1 <= now() - began < 1.05

    run_at_once(story())


def test_a_probe_waits_a_little_more_than_a_second_for_a_ping_that_cannot_be_cancelled() -> None:
    async def story() -> None:
        assert (await CheckReadiness({"users": StubbornUsers(hangs=True)})()).status == "not ready"
        assert 1 < now() < 1.5

    run_at_once(story())
