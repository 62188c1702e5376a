"""The deadline that is passed down to adapters."""

import asyncio

from service.application.deadline import awaited, begin_deadline, seconds_left, waiting_for


def test_without_a_request_there_is_no_deadline() -> None:
    assert seconds_left(1.5) == 1.5
    waiting_for("a store")  # and nobody to tell


def test_a_wait_is_cut_to_what_is_left() -> None:
    async def request() -> None:
        begin_deadline(60)
        assert seconds_left(1.5) == 1.5
        assert 59 < seconds_left(90) <= 60

    asyncio.run(request())


def test_a_deadline_that_has_passed_leaves_nothing() -> None:
    async def request() -> float:
        begin_deadline(-1)
        return seconds_left(1.5)

    assert asyncio.run(request()) == 0


def test_a_deadline_moves() -> None:
    async def request() -> float:
        deadline = begin_deadline(1)
        deadline.move(60)
        return seconds_left(90)

    assert 59 < asyncio.run(request()) <= 60


def test_each_request_has_its_own_deadline() -> None:
    async def request(seconds: float) -> float:
        begin_deadline(seconds)
        await asyncio.sleep(0)
        return seconds_left(90)

    async def both() -> tuple[float, float]:
        return await asyncio.gather(request(10), request(60))

    short, long = asyncio.run(both())
    assert short <= 10 < long


def test_what_a_request_waits_for_is_noted() -> None:
    async def request() -> tuple[str, str]:
        deadline = begin_deadline(1)
        assert awaited() == ""
        waiting_for("dynamodb GetItem")
        return deadline.waits_for, awaited()

    assert awaited() == ""
    assert asyncio.run(request()) == ("dynamodb GetItem", "dynamodb GetItem")
