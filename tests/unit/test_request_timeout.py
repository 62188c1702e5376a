"""The time limit of a request, which moves."""

import asyncio
import contextlib
from typing import Any

import pytest

from service.http.middleware.request_timeout import RequestTimeout
from tests.virtual_time import run_at_once


async def interrupted(limit: RequestTimeout, seconds: float = 20) -> bool:
    """Whether the timeout, and nothing else, ends a sleep."""
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        return limit.caused_cancellation()
    return False


async def one_that_is_left_alone() -> bool:
    return await interrupted(RequestTimeout(0.02))


async def one_that_is_put_forward() -> bool:
    timeout = RequestTimeout(60)
    timeout.set(0.02)
    return await interrupted(timeout)


async def one_that_is_put_off_and_then_forward() -> bool:
    timeout = RequestTimeout(0.02)
    timeout.set(60)
    undisturbed = not await interrupted(timeout, 0.06)
    timeout.set(0.02)
    return undisturbed and await interrupted(timeout)


async def one_whose_task_takes_a_while_to_end() -> bool:
    timeout, ended = RequestTimeout(0.02), False

    async def work() -> None:
        nonlocal ended
        try:
            await asyncio.sleep(20)
        finally:
            for _ in range(10):
                await asyncio.sleep(0)
            ended = True

    try:
        await asyncio.create_task(work())
    except asyncio.CancelledError:
        return ended and timeout.caused_cancellation()
    return False


@pytest.mark.parametrize(
    "story",
    [
        one_that_is_left_alone,
        one_that_is_put_forward,
        one_that_is_put_off_and_then_forward,
        one_whose_task_takes_a_while_to_end,
    ],
)
def test_an_alarm_goes_off(story: Any) -> None:
    async def told() -> None:
        assert await story()
        assert not _this_task().cancelling()

    asyncio.run(told())


async def one_among_others() -> bool:
    later, stopped = RequestTimeout(60), RequestTimeout(0)
    stopped.stop()
    return await interrupted(RequestTimeout(0.02)) and not later.caused_cancellation()


async def one_of_a_loop_that_takes_turns_with_another() -> bool:
    mine = RequestTimeout(60)

    async def meanwhile() -> bool:
        return await interrupted(RequestTimeout(0.02))

    went_off = await asyncio.to_thread(asyncio.run, meanwhile())
    mine.set(0.02)
    return went_off and await interrupted(mine)


@pytest.mark.parametrize("story", [one_among_others, one_of_a_loop_that_takes_turns_with_another])
def test_an_alarm_goes_off_beside_others(story: Any) -> None:
    assert asyncio.run(story())


async def one_that_is_put_off() -> bool:
    timeout = RequestTimeout(0.02)
    timeout.set(60)
    return await interrupted(timeout, 0.06)


async def one_that_is_stopped() -> bool:
    timeout = RequestTimeout(0.02)
    timeout.stop()
    timeout.set(0.01)
    return await interrupted(timeout, 0.06)


@pytest.mark.parametrize("story", [one_that_is_put_off, one_that_is_stopped])
def test_an_alarm_is_silent(story: Any) -> None:
    assert not asyncio.run(story())


async def cancelled_by_others() -> bool:
    asyncio.get_running_loop().call_soon(_this_task().cancel)
    return await interrupted(RequestTimeout(60))


async def cancelled_by_others_at_the_same_time() -> bool:
    asyncio.get_running_loop().call_soon(_this_task().cancel)
    return await interrupted(RequestTimeout(0))


async def one_that_waits_for_a_future_which_others_cancel() -> bool:
    timeout = RequestTimeout(60)
    future = asyncio.get_running_loop().create_future()
    future.cancel()
    try:
        await future
    except asyncio.CancelledError:
        return timeout.caused_cancellation()
    return True


@pytest.mark.parametrize(
    "story",
    [cancelled_by_others, cancelled_by_others_at_the_same_time, one_that_waits_for_a_future_which_others_cancel],
)
def test_what_others_cancel_is_not_the_alarms_doing(story: Any) -> None:
    assert not asyncio.run(story())


async def one_that_was_put_forward_and_went_off() -> None:
    timeout = RequestTimeout(2)
    timeout.set(1)
    assert await interrupted(timeout)
    timeout.stop()
    await asyncio.sleep(10)  # the time for which it was set at first comes and goes


def test_an_alarm_that_was_put_forward_goes_off_once() -> None:
    run_at_once(one_that_was_put_forward_and_went_off())


def test_an_alarm_takes_back_its_own_cancellation_only() -> None:
    async def story() -> int:
        task, timeout = _this_task(), RequestTimeout(1)
        assert await interrupted(timeout)
        task.cancel()  # by somebody else
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(1)
        timeout.stop()
        return task.cancelling()

    assert run_at_once(story()) == 1


async def one_that_was_overheard() -> None:
    timeout = RequestTimeout(0)
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(20)
    timeout.stop()


async def one_that_met_another_failure() -> None:
    timeout = RequestTimeout(0)
    try:
        await asyncio.sleep(20)
    except asyncio.CancelledError:
        with contextlib.suppress(ValueError):
            raise ValueError from None
    finally:
        timeout.stop()


@pytest.mark.parametrize("story", [one_that_was_overheard, one_that_met_another_failure])
def test_an_alarm_that_nobody_asked_about_leaves_nothing_behind(story: Any) -> None:
    async def told() -> int:
        await story()
        return _this_task().cancelling()

    assert asyncio.run(told()) == 0


def _this_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task
    return task


def test_an_alarm_goes_off_in_a_task_that_went_on_after_a_cancellation() -> None:
    async def story() -> None:
        task = _this_task()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        assert task.cancelling() == 1
        assert await interrupted(RequestTimeout(0.02))
        assert task.cancelling() == 1

    run_at_once(story())
