"""The clock, the ids, and how moments are written."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from service.adapters.system import new_uuid7, utc_now
from service.domain.moments import from_epoch, rfc3339, to_epoch, whole_milliseconds
from tests.examples import NOON


def test_ids_are_uuid7_in_lower_case_and_increase_within_a_millisecond() -> None:
    ids = [new_uuid7() for _ in range(10_000)]

    assert ids == sorted(set(ids))
    assert {UUID(id).version for id in ids} == {7}
    assert all(id == id.lower() for id in ids)


def test_the_clock_has_the_time_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= utc_now() <= datetime.now(UTC)
    assert utc_now().tzinfo is UTC


def test_moments_are_written_with_three_digits_and_a_z() -> None:
    assert rfc3339(NOON) == "2026-01-31T12:00:00.000Z"
    assert rfc3339(NOON + timedelta(milliseconds=7)) == "2026-01-31T12:00:00.007Z"
    assert rfc3339(NOON.astimezone(timezone(timedelta(hours=2)))) == "2026-01-31T12:00:00.000Z"


def test_moments_are_stored_as_milliseconds_since_1970() -> None:
    assert from_epoch(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert to_epoch(NOON) == 1_769_860_800_000
    assert to_epoch(NOON + timedelta(microseconds=1_999)) == 1_769_860_800_001
    assert from_epoch(1_769_860_800_007) == NOON + timedelta(milliseconds=7)


def test_whole_milliseconds_are_rounded_down_and_in_utc() -> None:
    given = NOON.replace(microsecond=123_999).astimezone(timezone(timedelta(hours=2)))

    kept = whole_milliseconds(given)

    assert (kept, kept.tzinfo) == (NOON.replace(microsecond=123_000), UTC)


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_milliseconds_survive_the_way_there_and_back(milliseconds: int) -> None:
    assert to_epoch(from_epoch(milliseconds)) == milliseconds
