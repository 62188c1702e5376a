"""Changes and deletions that meet those of others."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from service.adapters.memory.store import MemoryStore
from service.application.changes import Delete
from service.application.users import ChangeUser
from service.domain.errors import NotFound, PreconditionFailed
from service.domain.users import USERS, User
from tests.examples import a_user
from tests.memory import MemoryUserRepository


class OthersAreFaster(MemoryUserRepository):
    """Somebody else changes the e-mail address each time after a user was read, so many times."""

    times = 3

    async def get(self, id: str) -> User:
        found = await super().get(id)
        if self.times:
            self.times -= 1
            await super().replace(found, replace(found, email=f"{self.times}@example.com"))
        return found


def stored(user: User) -> OthersAreFaster:
    repository = OthersAreFaster(MemoryStore())
    asyncio.run(repository.add(user))
    return repository


def test_a_change_is_made_to_what_others_left() -> None:
    user = a_user(name="Ada")
    changed = asyncio.run(ChangeUser(stored(user), repr)(user.id, name="Grace"))

    assert changed == replace(user, name="Grace", email="0@example.com")


@pytest.mark.parametrize("use_case", [ChangeUser, lambda *ports: Delete(USERS, *ports)])
def test_what_others_changed_meanwhile_is_not_the_version_that_was_seen(use_case: Any) -> None:
    user = a_user(name="Ada")
    given = {"name": "Grace"} if use_case is ChangeUser else {}

    with pytest.raises(PreconditionFailed):
        asyncio.run(use_case(stored(user), repr)(user.id, [repr(user)], **given))


def test_a_version_that_was_seen_is_deleted_whatever_happened_before() -> None:
    user = a_user()
    repository = stored(user)
    seen = [repr(replace(user, email="0@example.com"))]

    async def story() -> None:
        for _ in range(repository.times):
            await repository.get(user.id)
        await Delete(USERS, repository, repr)(user.id, seen)
        with pytest.raises(NotFound):
            await repository.get(user.id)

    asyncio.run(story())
