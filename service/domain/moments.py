"""Moments in time, as precise as they are shown, ordered and stored: whole milliseconds, in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def whole_milliseconds(moment: datetime) -> datetime:
    """The moment in UTC without its microseconds."""
    in_utc = moment.astimezone(UTC)
    return in_utc.replace(microsecond=in_utc.microsecond // 1000 * 1000)


def to_epoch(moment: datetime) -> int:
    """Whole milliseconds since 1970 began."""
    return (moment - _EPOCH) // _MILLISECOND


def from_epoch(milliseconds: int) -> datetime:
    """The moment that is so many milliseconds after 1970 began."""
    return _EPOCH + milliseconds * _MILLISECOND


def rfc3339(moment: datetime) -> str:
    """Text such as `2026-01-31T12:00:00.000Z` (RFC 3339), always with three digits of milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
