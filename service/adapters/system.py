"""The clock and the ids of this machine."""

from datetime import UTC, datetime

from uuid_utils import uuid7


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


def new_uuid7() -> str:
    """A UUIDv7 (RFC 9562) as a lower-case string; those that one process makes increase, also within a millisecond."""
    return str(uuid7())
