"""Repositories each of which breaks one promise, as well-meant code would."""

from asyncio import sleep
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.failures import Item
from service.adapters.memory.store import MemoryStore
from service.adapters.system import utc_now
from service.application.ports import KeyUse, Page, Position, Recorded
from service.domain.errors import InUse, NotFound
from service.domain.orders import ORDERS, Order
from service.domain.users import USERS, User, email_key
from tests.memory import MemoryOrderRepository, MemoryUserRepository

MEANWHILE_SECONDS = 0.01
"""How long others have between a check and what is done because of it."""
LAG = timedelta(milliseconds=50)


class EmailCheckedBefore(MemoryUserRepository):
    async def add(self, user: User, use: KeyUse | None = None) -> Recorded[User] | None:
        if email_key(user.email) in self._table.unique_keys["email"]:
            raise USERS.taken(user, "email")
        await sleep(MEANWHILE_SECONDS)
        self._table.unique_keys["email"].discard(email_key(user.email))
        return await super().add(user, use)

    async def delete(self, id: str, unchanged: Any = None) -> None:
        user = await self.get(id)
        self._table.unique_keys["email"].add(email_key(user.email))
        await super().delete(id, unchanged)


class EmailNeverFree(MemoryUserRepository):
    async def delete(self, id: str, unchanged: Any = None) -> None:
        user = await self.get(id)
        await super().delete(id, unchanged)
        self._table.unique_keys["email"].add(email_key(user.email))


class SomeUsersLost(MemoryUserRepository):
    async def add(self, user: User, use: KeyUse | None = None) -> Recorded[User] | None:
        recorded = await super().add(user, use)
        if user.name.endswith(("1", "3")):
            await super().delete(user.id)
        return recorded


class OrdersCheckedBefore(MemoryUserRepository):
    async def delete(self, id: str, unchanged: Any = None) -> None:
        assert unchanged is None
        if self._store.tables["orders"].of_owner.get(id):
            raise InUse("user", id, "orders")
        await sleep(MEANWHILE_SECONDS)
        user = self._find(id)
        del self._table.entities[id]
        self._table.unique_keys["email"].remove(email_key(user.email))
        self._table.index.remove(user)


class OwnerCheckedBefore(MemoryOrderRepository):
    async def add(self, order: Order, use: KeyUse | None = None) -> Recorded[Order] | None:
        assert use is None
        if order.user_id not in self._store.tables["users"].entities:
            raise ORDERS.unknown_owner(order)
        await sleep(MEANWHILE_SECONDS)
        if order.id in self._table.entities:
            raise ORDERS.id_taken(order)
        self._table.entities[order.id] = order
        self._table.index.add(order)
        self._table.of_owner[order.user_id].add(order)
        return None


class OrderOverwritten(MemoryOrderRepository):
    async def add(self, order: Order, use: KeyUse | None = None) -> Recorded[Order] | None:
        with suppress(NotFound):
            await self.delete(order.id)
        return await super().add(order, use)


class OrderWrittenBack(MemoryOrderRepository):
    async def replace(self, before: Order, after: Order) -> None:
        await sleep(MEANWHILE_SECONDS)
        if before.id not in self._table.entities:
            await self.add(before)
        self._table.entities[before.id] = after


class QuantityRounded(MemoryOrderRepository):
    async def add(self, order: Order, use: KeyUse | None = None) -> Recorded[Order] | None:
        return await super().add(replace(order, quantity=order.quantity // 10 * 10 or 10), use)


class PagesByOffset(MemoryOrderRepository):
    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self._offsets: dict[tuple[str | None, Position | None], int] = {}

    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[Order]:
        skipped = self._offsets.get((owner_id, after), 0)
        page = await super().page(skipped + limit, owner_id=owner_id)
        items = page.items[skipped:]
        if items:
            last = Position(items[-1].created_at, items[-1].id)
            self._offsets[owner_id, last] = skipped + len(items)
        return Page(items, page.has_more and bool(items))


class CursorWithoutId(MemoryOrderRepository):
    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[Order]:
        return await super().page(limit, after and Position(after.created_at, ""), owner_id=owner_id)


class ListsLagBehind(MemoryOrderRepository):
    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[Order]:
        seen = Position(utc_now() - LAG, "")
        return await super().page(limit, min(after or seen, seen), owner_id=owner_id)


class Unconditional(DynamoClient):
    """Writes without looking at what is there."""

    async def transact(self, *actions: Item, **options: Any) -> None:
        unconditional = [{kind: _unconditional(action)} for each in actions for kind, action in each.items()]
        await super().transact(*unconditional, **options)


def _unconditional(put: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in put.items() if name != "ConditionExpression" or "Item" not in put}


class KeyRecordedBefore(MemoryUserRepository):
    async def add(self, user: User, use: KeyUse | None = None) -> Recorded[User] | None:
        if use and (recorded := self._table.used_keys.find(use)):
            return recorded
        if use:
            self._table.used_keys.record(use, user)
        await sleep(MEANWHILE_SECONDS)
        return await super().add(user)


class KeyRecordedAfter(MemoryUserRepository):
    async def add(self, user: User, use: KeyUse | None = None) -> Recorded[User] | None:
        if use and (recorded := self._table.used_keys.find(use)):
            return recorded
        await super().add(user)
        await sleep(MEANWHILE_SECONDS)
        if use:
            self._table.used_keys.record(use, user)
        return None


class FingerprintIgnored(MemoryUserRepository):
    async def add(self, user: User, use: KeyUse | None = None) -> Recorded[User] | None:
        recorded = await super().add(user, use)
        return replace(recorded, fingerprint=use.fingerprint) if recorded and use else None


class KeyForgotten(MemoryUserRepository):
    async def add(self, user: User, use: KeyUse | None = None) -> Recorded[User] | None:
        forgotten = use and replace(use, expires_at=use.at)
        return await super().add(user, forgotten)


class TagComparedBefore(MemoryUserRepository):
    async def replace(self, before: User, after: User) -> None:
        await sleep(MEANWHILE_SECONDS)
        await super().replace(self._find(before.id), after)
