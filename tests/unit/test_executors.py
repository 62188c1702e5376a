"""Threads in which calls that block are run."""

import asyncio
import threading
from concurrent.futures import CancelledError

import pytest

from service.adapters.executors import ThreadExecutor


@pytest.mark.parametrize("size", [1, 3])
def test_as_many_calls_run_at_the_same_time_as_the_executor_is_large(size: int) -> None:
    executor = ThreadExecutor(size)
    together = threading.Barrier(size)
    lock = threading.Lock()
    running, most = 0, 0

    def work() -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(timeout=10)
        with lock:
            running -= 1
        return threading.current_thread().name

    async def story() -> None:
        names = await asyncio.gather(*(executor.run(work) for _ in range(size * 4)))
        assert all(name.startswith("store") for name in names)
        executor.close()

    asyncio.run(story())

    assert (executor.size, most) == (size, size)


def test_what_a_call_raises_is_raised() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    executor = ThreadExecutor(1)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(executor.run(fail))
    executor.close()


def test_an_executor_that_is_closed_drops_what_waits_and_begins_anew() -> None:
    executor = ThreadExecutor(1)
    begun, go_on = threading.Event(), threading.Event()
    done = []

    def first() -> None:
        begun.set()
        go_on.wait(timeout=10)
        done.append("first")

    async def story() -> None:
        under_way = asyncio.create_task(executor.run(first))
        waiting = asyncio.create_task(executor.run(lambda: done.append("second")))
        await asyncio.to_thread(begun.wait, 10)
        executor.close()
        await executor.run(lambda: done.append("third"))
        go_on.set()
        await under_way
        with pytest.raises((asyncio.CancelledError, CancelledError)):
            await waiting

    asyncio.run(story())
    executor.close()

    assert done == ["third", "first"]
