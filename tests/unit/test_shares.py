"""How a store's connections are shared, and how long an operation waits for one."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.adapters.share import Share, ShareExhausted, Shares
from service.application.load import Load
from tests.virtual_time import now, run_at_once

ENTITIES = ("users", "orders")


async def take(share: Share, stack: AsyncExitStack) -> int:
    """Take all connections that the share can have now, and return how many."""
    number = 0
    while share.begin():
        stack.callback(share.release)
        number += 1
    return number


def tell(story: Coroutine[Any, Any, None]) -> None:
    run_at_once(story)


@pytest.mark.parametrize(
    ("connections", "most", "left"),
    [
        (16, 13, [1, 1, 1]),
        (32, 26, [2, 2, 2]),
        (8, 5, [1, 1, 1]),
        (5, 2, [1, 1, 1]),
        (4, 4, [0, 0, 0]),
        (1, 1, [0, 0, 0]),
    ],
)
def test_one_kind_of_operation_cannot_take_all_connections(connections: int, most: int, left: list[int]) -> None:
    async def story() -> None:
        shares = Shares(connections, ENTITIES, Load())
        (user_reads, user_writes), (order_reads, order_writes) = map(shares.of, ENTITIES)
        async with AsyncExitStack() as stack:
            assert await take(order_writes, stack) == most
            assert [await take(share, stack) for share in (user_reads, user_writes, order_reads)] == left

    tell(story())


def test_without_a_division_any_operation_may_take_all() -> None:
    async def story() -> None:
        reads, writes = Shares(8, (), Load()).of("users")
        async with AsyncExitStack() as stack:
            assert await take(writes, stack) == 8
            assert await take(reads, stack) == 0

    tell(story())


@given(st.integers(1, 64), st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=200))
def test_no_more_connections_are_used_than_there_are_and_all_come_back(
    connections: int, steps: list[tuple[int, bool]]
) -> None:
    shares = Shares(connections, ENTITIES, Load())
    each = [*shares.of("users"), *shares.of("orders")]
    used: list[Share] = []
    for number, begins in steps:
        if begins and each[number].begin():
            used.append(each[number])
        elif not begins and used:
            used.pop(0).release()
        assert len(used) <= connections
    for share in used:
        share.release()

    async def story() -> None:
        async with AsyncExitStack() as stack:
            assert sum([await take(share, stack) for share in each]) == connections

    tell(story())


@pytest.mark.parametrize(("refusing", "seconds"), [(False, 1.0), (True, 0.3)])
def test_an_operation_waits_for_a_second_and_less_while_requests_are_refused(*, refusing: bool, seconds: float) -> None:
    async def story() -> None:
        load = Load()
        load.refusing = refusing
        share, _ = Shares(1, (), load).of("users")
        loop = asyncio.get_running_loop()
        async with share:
            began = loop.time()
            with pytest.raises(ShareExhausted, match="other requests kept the connections for any operation busy"):
                await share.acquire()
            assert loop.time() - began == pytest.approx(seconds)
        async with AsyncExitStack() as stack:
            assert await take(share, stack) == 1

    tell(story())


def test_operations_that_wait_have_their_turns_in_order_and_cancelled_ones_have_none() -> None:
    async def story() -> None:
        share, _ = Shares(1, (), Load()).of("users")
        began: list[int] = []

        async def operate(number: int) -> None:
            async with share:
                began.append(number)
                await asyncio.sleep(0.01)

        async with share:
            tasks = [asyncio.create_task(operate(number)) for number in range(4)]
            await asyncio.sleep(0)
            tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

        assert began == [0, 2, 3]
        async with AsyncExitStack() as stack:
            assert await take(share, stack) == 1

    tell(story())


def test_a_connection_that_is_free_for_all_goes_to_each_kind_in_turn() -> None:
    async def story() -> None:
        shares = Shares(5, ENTITIES, Load())  # one in common
        (reads, _), (_, writes) = map(shares.of, ENTITIES)
        began: list[str] = []

        async def operate(share: Share, name: str) -> None:
            async with share:
                began.append(name)
                await asyncio.sleep(0.1)

        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(operate(reads, "read"))
                group.create_task(operate(writes, "write"))

        assert sorted(began[:3]) in (["read", "read", "write"], ["read", "write", "write"])
        assert sorted(began) == ["read"] * 4 + ["write"] * 4

    tell(story())


def test_a_connection_in_common_goes_to_another_kind_each_time() -> None:
    async def story() -> None:
        shares = Shares(5, ENTITIES, Load())  # one in common, which somebody has
        (reads, _), (_, writes) = map(shares.of, ENTITIES)
        async with AsyncExitStack() as stack:
            for share in (reads, writes):
                assert share.begin()
                stack.callback(share.release)
            assert reads.begin()
            began: list[str] = []

            async def operate(share: Share, name: str) -> None:
                async with share:
                    began.append(name)

            async with asyncio.TaskGroup() as group:
                for share, name in ((reads, "read"), (reads, "read"), (writes, "write"), (writes, "write")):
                    group.create_task(operate(share, name))
                await asyncio.sleep(0)
                reads.release()

            assert began == ["read", "write", "read", "write"]

    tell(story())


def test_a_turn_that_comes_as_its_request_is_cancelled_goes_to_the_next() -> None:
    async def story() -> None:
        share, _ = Shares(1, (), Load()).of("users")
        assert share.begin()
        waiting = asyncio.create_task(share.acquire())
        await asyncio.sleep(0)
        share.release()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

        assert share.begin()

    tell(story())


def test_a_connection_of_ones_own_goes_to_the_next_of_the_same_kind() -> None:
    async def story() -> None:
        shares = Shares(5, ENTITIES, Load())  # one in common
        (reads, _), (_, writes) = map(shares.of, ENTITIES)
        assert reads.begin()
        assert writes.begin()
        assert writes.begin()
        waiting = asyncio.create_task(reads.acquire())
        await asyncio.sleep(0)
        reads.release()
        await waiting
        assert now() == 0

    tell(story())


def test_a_connection_that_comes_as_the_wait_for_it_ends_is_not_lost() -> None:
    async def story() -> None:
        share, _ = Shares(1, (), Load()).of("users")
        assert share.begin()
        asyncio.get_running_loop().call_later(1 - 1e-10, share.release)  # too short a time for two turns of the loop
        with pytest.raises(ShareExhausted):
            await share.acquire()

        assert share.begin()

    tell(story())
