"""Entities in DynamoDB. One transaction writes everything that belongs to an entity:

its own item, which counts the entities that refer to it, so that it is not deleted while there are any; a guard for
each unique value; an entry in each list; the count at its owner; and the use of an idempotency key.
"""

from collections.abc import Mapping
from functools import partial

from service.adapters.dynamodb.actions import Actions
from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.failures import ConditionFailed, Item
from service.adapters.dynamodb.items import NONE, expires_at, item_reader, recorded
from service.adapters.dynamodb.keys import entity_key, list_of_owner, shards, used_key
from service.adapters.dynamodb.paging import fetch_page
from service.adapters.dynamodb.retries import Retries
from service.application.ports import Changed, KeyUse, Page, Position, Recorded, Repository
from service.domain.entity import Entity, T
from service.domain.errors import InUse, ServiceError, StoreUnavailable, Taken


class DynamoRepository(Repository[T]):
    """Stores entities of one kind in a table of their own."""

    def __init__(self, entity: Entity[T], client: DynamoClient, tables: Mapping[str, str]) -> None:
        """`tables` are the names of the tables, by the names of the entities: of this one, and of its owner."""
        self._entity = entity
        self._client = client.for_repository(entity.name)
        self._table = tables[entity.name]
        self._read = item_reader(entity)
        self._actions = Actions(entity, tables)

    async def add(self, entity: T, use: KeyUse | None = None) -> Recorded[T] | None:
        actions = self._actions
        first = [*([actions.record_use(use, entity)] if use else []), *actions.count_at_owner(entity, 1)]
        try:
            await self._client.transact(
                *first,
                actions.put_entity(entity),
                *actions.put_guards(actions.guards(entity), entity),
                *actions.put_entries(entity),
                after_conflict=partial(self._find_record, use) if use else None,
            )
        except ConditionFailed as failed:
            if use and failed.index == 0:
                return recorded(self._read, failed.item)
            raise self._refusal(entity, failed.index - len(first)) from failed
        return None

    async def get(self, id: str) -> T:
        item = await self._client.get(self._table, entity_key(self._entity, id))
        if item is None:
            raise self._entity.not_found(id)
        return self._read(item)

    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[T]:
        partitions = shards(self._entity.name) if owner_id is None else [list_of_owner(self._entity, owner_id)]
        return await fetch_page(self._client, self._table, partitions, self._read, limit, after)

    async def replace(self, before: T, after: T) -> None:
        actions = self._actions
        old, new = actions.guards(before), actions.guards(after)
        taken = [key for key in new if key not in old]
        try:
            await self._client.transact(
                actions.change_entity(before, after),
                *actions.put_guards(taken, after),
                *actions.delete_guards([key for key in old if key not in new], before),
                *actions.change_entries(before, after),
            )
        except ConditionFailed as failed:
            if failed.index == 0 and failed.item is None:
                raise self._entity.not_found(before.id) from None
            if 1 <= failed.index <= len(taken):
                raise self._taken(after, new.index(taken[failed.index - 1])) from failed
            raise Changed from failed

    async def delete(self, id: str, unchanged: T | None = None) -> None:
        retries = Retries()
        while True:
            entity = unchanged or await self.get(id)
            try:
                await self._client.transact(*self._deletion(entity))
            except ConditionFailed as failed:
                if failed.index == 0:
                    self._raise_unless_changed(entity, failed.item)
                if unchanged is not None:
                    raise Changed from failed
                await retries.pause(failed)  # it changed since it was read
            else:
                return

    async def ping(self) -> None:
        await self._client.check(self._table, entity_key(self._entity, "ping"))

    async def close(self) -> None:
        await self._client.close()

    async def _find_record(self, use: KeyUse) -> None:
        """Raise `ConditionFailed`, as the transaction would, if the key has been used.

        Of many uses at once, all but one would be cancelled again and again, since they also meet each other. Reading
        meets nobody, so that they learn of the first one as soon as it is done.
        """
        item = await self._client.get(self._table, used_key(use.key))
        if item is not None and expires_at(item) > use.at.timestamp():
            raise ConditionFailed(0, item)

    def _deletion(self, entity: T) -> list[Item]:
        actions = self._actions
        return [
            actions.delete_entity(entity),
            *actions.delete_guards(actions.guards(entity), entity),
            *actions.count_at_owner(entity, -1),
            *actions.delete_entries(entity),
        ]

    def _refusal(self, entity: T, index: int) -> ServiceError:
        """Return the error of an addition whose action `index`, counted from the entity's own item, was refused."""
        if index < 0:
            return self._entity.unknown_owner(entity)
        if index > 0:
            return self._taken(entity, index - 1)
        if self._entity.field("id").is_input:
            return self._entity.id_taken(entity)
        return StoreUnavailable()  # a generated id was generated before: another attempt has another

    def _taken(self, entity: T, unique: int) -> Taken:
        """Return the error that another entity has the value of a unique field, by the field's number."""
        return self._entity.taken(entity, [*self._entity.unique_keys(entity)][unique])

    def _raise_unless_changed(self, entity: T, found: Item | None) -> None:
        if found is None:
            raise self._entity.not_found(entity.id) from None
        for name in self._actions.referring:
            if found.get(name, NONE) != NONE and self._read(found) == entity:
                raise InUse(self._entity.singular, entity.id, name) from None
