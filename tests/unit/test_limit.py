"""How the limit of requests under way follows what is answered."""

import pytest

from service.http.middleware.limit import Limit

MANY = 1000


def answer(
    limit: Limit,
    rate: float,
    seconds: float,
    *,
    since: float = 0.0,
    lasts: float = 2.0,
    refuses: bool = True,
    turn: float = 0.01,
) -> float:
    """Answer so many requests a second for a while, in the time that one takes, and refuse one after each.

    A turn of the event loop takes `turn` seconds.
    """
    now = since
    for number in range(int(rate * lasts)):
        for _ in range(int((number + 1) / rate / turn) - int(number / rate / turn)):
            limit.note_turn()
        now = since + number / rate
        limit.note_answer(now, seconds, served=True)
        if refuses:
            limit.note_refusal(now)
    return now


@pytest.mark.parametrize("connections", [None, 1, 384, MANY])
def test_a_fixed_limit_stays(connections: int | None) -> None:
    limit = Limit(7)
    answer(limit, 500, 0.5)

    assert limit.requests(connections) == 7


def test_at_first_256_connections_and_some_more_may_each_have_a_request_under_way() -> None:
    assert Limit().requests(256) == 384
    assert Limit().requests(384) == 384
    assert Limit().requests(None) == 384
    assert Limit().requests(MANY) >= 64


@pytest.mark.parametrize(("rate", "few", "many"), [(2000, 384, 200), (800, 384, 80), (100, 90, 64), (4, 64, 64)])
def test_while_requests_are_refused_the_limit_is_what_can_be_answered_in_time(rate: float, few: int, many: int) -> None:
    limit = Limit()
    answer(limit, rate, 0.1)

    assert limit.requests(256) == pytest.approx(few, abs=3)
    assert limit.requests(MANY) == pytest.approx(many, abs=3)


def test_while_turns_of_the_event_loop_are_long_there_are_fewer_requests_in_each() -> None:
    limit = Limit()
    now = 0.0
    for _ in range(3):
        now = answer(limit, 2000, 0.1, since=now, turn=0.12)
    assert limit.requests(MANY) == limit.least

    answer(limit, 2000, 0.1, since=now)
    assert limit.requests(MANY) > 2 * limit.least


def test_answers_that_are_late_lower_the_limit_without_any_refusal() -> None:
    limit = Limit()
    answer(limit, 100, 1.5, refuses=False)
    assert limit.requests(256) == pytest.approx(90, abs=3)

    faster = Limit()
    answer(faster, 2000, 1.5, refuses=False, turn=100)  # turns are counted while requests are refused only
    assert faster.requests(MANY) == pytest.approx(200, abs=3)


def test_requests_that_a_hanging_store_fails_do_not_lower_the_limit_of_the_others() -> None:
    limit = Limit()
    for number in range(500):
        limit.note_answer(number / 100, 0.005, served=True)
        limit.note_answer(number / 100, 2.0, served=False)

    assert limit.requests(MANY) == Limit().requests(MANY)


def test_the_limit_is_at_its_start_again_as_soon_as_nothing_is_refused() -> None:
    limit = Limit()
    now = answer(limit, 100, 0.1)
    answer(limit, 100, 0.01, since=now, refuses=False)

    assert (limit.requests(256), limit.requests(MANY)) == (Limit().requests(256), Limit().requests(MANY))


def test_a_burst_after_silence_meets_the_limit_of_the_start() -> None:
    limit = Limit()
    answer(limit, 100, 0.1)
    limit.note_refusal(60.0)

    assert (limit.requests(256), limit.requests(MANY)) == (Limit().requests(256), Limit().requests(MANY))


def test_the_limit_is_never_below_what_the_store_does_at_once() -> None:
    for at_once, least in ((90, 90), (16, 64)):
        limit = Limit(at_once=at_once)
        answer(limit, 10, 0.1)
        assert limit.requests(MANY) == least


def test_what_fails_is_no_work_that_can_be_done_in_time() -> None:
    limit = Limit()
    for number in range(2000):
        now = number / 1000
        limit.note_answer(now, 0.1, served=number % 10 == 0)
        limit.note_refusal(now)

    assert limit.requests(256) == pytest.approx(90, abs=3)


def test_a_quarter_of_a_second_that_is_unlike_the_others_changes_the_limit_by_half() -> None:
    limit = Limit()
    now = answer(limit, 2000, 0.1)
    answer(limit, 1000, 0.1, since=now, lasts=0.26)

    assert limit.requests(MANY) == pytest.approx(150, abs=10)


def test_after_a_calm_moment_long_turns_are_forgotten() -> None:
    limit = Limit()
    now = 0.0
    for _ in range(3):
        now = answer(limit, 2000, 0.1, since=now, turn=0.12)
    now = answer(limit, 2000, 0.1, since=now, refuses=False)
    answer(limit, 2000, 0.1, since=now, lasts=0.6, turn=100)

    assert limit.requests(MANY) == pytest.approx(200, abs=10)
