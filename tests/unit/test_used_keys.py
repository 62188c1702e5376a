"""What the in-memory store keeps of idempotency keys."""

from datetime import timedelta

from service.adapters.memory.store import UsedKeys
from service.application.ports import KeyUse
from tests.examples import NOON

HOUR = timedelta(hours=1)


def test_a_key_that_is_used_again_after_it_expired_is_removed_when_that_use_expires() -> None:
    keys = UsedKeys()
    for hour in (0, 2, 4, 6):
        at = NOON + hour * HOUR
        for name in ("again", f"once at {hour}"):
            keys.record(KeyUse(name, "f", at, at + HOUR), "entity")

    assert keys.find(KeyUse("again", "f", NOON, NOON + HOUR)) is not None
    for hour in (0, 2):
        assert keys.find(KeyUse(f"once at {hour}", "f", NOON, NOON + HOUR)) is None
