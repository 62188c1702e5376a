"""The clock, the ids, and how moments are written."""

from datetime import UTC, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from service.adapters.system import new_uuid7, utc_now
from service.domain.moments import from_epoch, rfc3339, to_epoch
from tests.examples import NOON


def test_ids_are_uuid7_in_lower_case_and_increase_within_a_millisecond() -> None:
    ids = [new_uuid7() for _ in range(10_000)]

    assert ids == sorted(set(ids))
    assert {UUID(id).version for id in ids} == {7}
    assert all(id == id.lower() for id in ids)


def test_the_clock_says_that_it_is_utc() -> None:
    assert utc_now().tzinfo is UTC


def test_moments_are_written_with_three_digits_and_a_z() -> None:
    assert rfc3339(NOON) == "2026-01-31T12:00:00.000Z"
    assert rfc3339(NOON + timedelta(milliseconds=7)) == "2026-01-31T12:00:00.007Z"
    assert rfc3339(NOON.astimezone(timezone(timedelta(hours=2)))) == "2026-01-31T12:00:00.000Z"


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_milliseconds_survive_the_way_there_and_back(milliseconds: int) -> None:
    assert to_epoch(from_epoch(milliseconds)) == milliseconds
