"""Stores in memory that are wrong, each in one way."""

from dataclasses import replace
from unicodedata import normalize

from service.application.ports import KeyUse, Page, Position, Recorded
from service.domain.orders import Order
from service.domain.users import User
from tests.memory import MemoryOrderRepository, MemoryUserRepository


class TiesAnotherWay(MemoryOrderRepository):
    """Of what was created in one millisecond it shows the ids as a dictionary sorts them."""

    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[Order]:
        page = await super().page(limit, after, owner_id=owner_id)
        by_word = sorted(page.items, key=lambda order: (order.created_at, order.id.lower()), reverse=True)
        return replace(page, items=by_word)


class NormalisingUsers(MemoryUserRepository):
    """It keeps names as they look, not as they were spelled."""

    async def add(self, user: User, use: KeyUse | None = None) -> Recorded[User] | None:
        return await super().add(replace(user, name=normalize("NFC", user.name)), use)


class ForgettingUsers(MemoryUserRepository):
    """It does not find users by their own ids when it is asked for a page of them after another one."""

    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[User]:
        page = await super().page(limit, after, owner_id=owner_id)
        return page if after is None else replace(page, items=page.items[1:])
