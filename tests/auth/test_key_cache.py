"""How keys are kept: who waits for a fetch, and how often there is one."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from structlog.testing import capture_logs

from service.adapters.oidc.key_cache import KeyCache
from service.adapters.oidc.keys import PublicKey
from service.application.deadline import begin_deadline
from service.application.ports import IssuerTrouble
from service.domain.errors import IssuerUnavailable
from tests.virtual_time import now, run_at_once

DAY = 24 * 3600.0


def a_key(name: str) -> PublicKey:
    return PublicKey(name, {})


class Issuer:
    """Has keys, and takes its time or fails."""

    def __init__(self) -> None:
        self.keys = [a_key("k1")]
        self.fetches = 0
        self.seconds = 0.0
        self.down = False
        self.passed = 0.0
        self.cache = KeyCache(self.fetch, lambda: 1e9 + self.passed)

    async def fetch(self) -> list[PublicKey]:
        self.fetches += 1
        await asyncio.sleep(self.seconds)
        if self.down:
            raise IssuerTrouble("it is down")
        return self.keys

    async def names(self, key_id: str | None = "k1") -> list[str | None]:
        return [key.key_id for key in await self.cache.get(key_id)]

    async def is_unavailable(self, key_id: str | None = "k1") -> bool:
        try:
            await self.cache.get(key_id)
        except IssuerUnavailable as error:
            assert isinstance(error.__cause__, IssuerTrouble)
            return True
        return False


def run(story: Coroutine[Any, Any, None]) -> None:
    run_at_once(story)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


def test_keys_are_fetched_once_and_kept(issuer: Issuer) -> None:
    async def story() -> None:
        for _ in range(5):
            assert await issuer.names() == ["k1"]
        assert await issuer.names(None) == ["k1"]
        assert issuer.fetches == 1

    run(story())


def test_all_who_wait_share_one_fetch(issuer: Issuer) -> None:
    async def story() -> None:
        issuer.seconds = 0.5
        found = await asyncio.gather(*(issuer.names() for _ in range(200)))
        assert found == [["k1"]] * 200
        assert (issuer.fetches, now()) == (1, 0.5)

    run(story())


def test_a_flood_of_unknown_ids_causes_one_fetch_in_thirty_seconds_and_delays_nobody_else(issuer: Issuer) -> None:
    async def story() -> None:
        await issuer.names()
        issuer.seconds = 0.9
        flood = asyncio.gather(*(issuer.names(f"made-up-{number}") for number in range(10_000)))
        await asyncio.sleep(0)
        before = now()
        assert await issuer.names() == ["k1"]
        assert now() == before
        assert set(map(tuple, await flood)) == {()}
        assert issuer.fetches == 2

        issuer.passed = 29.9
        assert await issuer.names("another") == []
        assert issuer.fetches == 2
        issuer.passed = 30.1
        assert await issuer.names("another") == []
        assert issuer.fetches == 3

    run(story())


def test_a_new_key_is_found_at_once_also_just_after_the_first_fetch(issuer: Issuer) -> None:
    async def story() -> None:
        await issuer.names()
        issuer.keys = [a_key("k1"), a_key("k2")]
        assert await issuer.names("k2") == ["k2"]
        assert issuer.fetches == 2

    run(story())


def test_keys_that_are_ten_minutes_old_are_fetched_anew_behind_the_request(issuer: Issuer) -> None:
    async def story() -> None:
        await issuer.names()
        issuer.keys, issuer.seconds, issuer.passed = [a_key("k2")], 3.0, 601.0
        began = now()
        assert await issuer.names() == ["k1"]
        assert now() - began == pytest.approx(0.3)
        assert await issuer.names() == ["k1"]
        assert now() - began == pytest.approx(0.3)

        await asyncio.sleep(3)
        assert await issuer.names(None) == ["k2"]
        assert issuer.fetches == 2

    run(story())


def test_keys_are_used_for_a_day_while_the_issuer_is_down_and_no_longer(issuer: Issuer) -> None:
    async def story() -> None:
        await issuer.names()
        issuer.down = True
        issuer.passed = DAY - 1
        assert await issuer.names() == ["k1"]
        issuer.passed = DAY + 60
        assert await issuer.is_unavailable()

        issuer.down = False
        issuer.passed += 31
        assert await issuer.names() == ["k1"]

    run(story())


def test_an_issuer_that_is_down_is_asked_every_thirty_seconds_while_there_are_keys(issuer: Issuer) -> None:
    async def story() -> None:
        await issuer.names()
        issuer.down = True
        issuer.passed = 700.0
        for seconds in range(61):
            issuer.passed = 700.0 + seconds
            assert await issuer.names() == ["k1"]
        assert issuer.fetches == 1 + 3

    run(story())


def test_without_keys_a_fetch_is_repeated_after_one_second_then_two_up_to_thirty(issuer: Issuer) -> None:
    async def story() -> None:
        issuer.down = True
        asked_at = []
        for tenth in range(1500):
            issuer.passed = tenth / 10
            fetches = issuer.fetches
            assert await issuer.is_unavailable()
            asked_at += [issuer.passed] if issuer.fetches > fetches else []
        assert asked_at == pytest.approx([0, 1, 3, 7, 15, 31, 61, 91, 121], abs=1)

        issuer.down, issuer.passed = False, 200.0
        assert await issuer.names() == ["k1"]

    run(story())


def test_a_slow_issuer_is_waited_for_one_second_and_its_keys_are_kept_when_they_come(issuer: Issuer) -> None:
    async def story() -> None:
        issuer.seconds = 3.0
        assert await issuer.is_unavailable()
        assert now() == pytest.approx(1.0)
        await asyncio.sleep(2.1)
        assert await issuer.names() == ["k1"]
        assert issuer.fetches == 1

    run(story())


def test_nobody_waits_longer_than_their_request_may_take(issuer: Issuer) -> None:
    async def story() -> None:
        issuer.seconds = 3.0
        begin_deadline(0.2)
        assert await issuer.is_unavailable()
        assert now() == pytest.approx(0.2)

    run(story())


def test_a_fetch_ends_after_five_seconds(issuer: Issuer) -> None:
    async def story() -> None:
        issuer.seconds = 3600.0
        assert await issuer.is_unavailable()
        await asyncio.sleep(4.5)
        issuer.seconds, issuer.passed = 0.0, 10.0
        assert await issuer.names() == ["k1"]

    with capture_logs() as lines:
        run(story())
    assert [line["cause"] for line in lines] == ["the issuer did not send its keys within 5 s"]


def test_a_request_that_gives_up_does_not_end_the_fetch_of_the_others(issuer: Issuer) -> None:
    async def story() -> None:
        issuer.seconds = 0.5
        first = asyncio.create_task(issuer.names())
        await asyncio.sleep(0.1)
        second = asyncio.create_task(issuer.names())
        await asyncio.sleep(0.1)
        first.cancel()
        assert await second == ["k1"]
        assert issuer.fetches == 1

    run(story())


def test_what_is_wrong_is_logged(issuer: Issuer) -> None:
    async def story() -> None:
        issuer.down = True
        assert await issuer.is_unavailable()

    with capture_logs() as lines:
        run(story())
    (line,) = lines
    assert (line["event"], line["cause"], line["next_fetch_seconds"]) == (
        "the issuer's keys cannot be fetched", "it is down", 1.0,
    )  # fmt: skip
