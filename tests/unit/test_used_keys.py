"""What the in-memory store keeps of idempotency keys."""

from datetime import datetime, timedelta

from service.adapters.memory.store import UsedKeys
from service.application.ports import KeyUse
from tests.examples import NOON

HOUR = timedelta(hours=1)


def use(name: str, at: datetime) -> KeyUse:
    return KeyUse(name, "f", at, at + HOUR)


def test_keys_that_are_used_again_do_not_keep_others_that_expire_before_them() -> None:
    keys = UsedKeys()
    others = ["other-0", "other-1", "other-2", "other-3"]
    for minutes, names in ((0, ["old-0", "old-1", "again"]), (50, others), (60, ["again"]), (115, ["new-0", "new-1"])):
        for name in names:
            keys.clean(NOON + timedelta(minutes=minutes))
            keys.record(use(name, NOON + timedelta(minutes=minutes)), "entity")

    assert keys.find(use("again", NOON)) is not None
    assert all(keys.find(use(name, NOON)) is None for name in others)
