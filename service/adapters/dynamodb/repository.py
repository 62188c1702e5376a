"""Entities in DynamoDB. One transaction writes everything that belongs to an entity:

its own item, which counts the entities that refer to it, so that it is not deleted while there are any; a guard for
each unique value; an entry in each list; and the count at its owner.
"""

from collections.abc import Mapping

from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.failures import ConditionFailed, Item
from service.adapters.dynamodb.items import NONE, as_read, attributes_of, item_reader
from service.adapters.dynamodb.keys import entity_key, entry_keys, guard_key, list_of_owner, shards
from service.adapters.dynamodb.paging import fetch_page
from service.adapters.dynamodb.retries import Retries
from service.application.ports import Page, Position, Repository
from service.domain.entities import referring_to
from service.domain.entity import Entity, T
from service.domain.errors import InUse, ServiceError, StoreUnavailable


class DynamoRepository(Repository[T]):
    """Stores entities of one kind in a table of their own."""

    def __init__(self, entity: Entity[T], client: DynamoClient, tables: Mapping[str, str]) -> None:
        """`tables` are the names of the tables, by the names of the entities: of this one, and of its owner."""
        self._entity = entity
        self._client = client.for_repository(entity.name)
        self._tables = tables
        self._table = tables[entity.name]
        self._read = item_reader(entity)
        self._referring = [other.name for other in referring_to(entity.name)]
        self._id_attribute = f"{entity.singular}_id"

    async def add(self, entity: T) -> None:
        attributes = attributes_of(self._entity, entity)
        item = {**entity_key(self._entity, entity.id), **attributes, **dict.fromkeys(self._referring, NONE)}
        counts = self._count_at_owner(entity, 1)
        actions = [
            *counts,
            self._put(item, "attribute_not_exists(pk)"),
            *(
                self._put({**key, self._id_attribute: {"S": entity.id}}, "attribute_not_exists(pk)")
                for key in self._guards(entity)
            ),
            *(self._put({**key, **attributes}) for key in entry_keys(self._entity, entity)),
        ]
        try:
            await self._client.transact(*actions)
        except ConditionFailed as failed:
            raise self._refusal(entity, failed.index - len(counts)) from failed

    async def get(self, id: str) -> T:
        item = await self._client.get(self._table, entity_key(self._entity, id))
        if item is None:
            raise self._entity.not_found(id)
        return self._read(item)

    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[T]:
        partitions = shards(self._entity.name) if owner_id is None else [list_of_owner(self._entity, owner_id)]
        return await fetch_page(self._client, self._table, partitions, self._read, limit, after)

    async def delete(self, id: str) -> None:
        retries = Retries()
        while True:
            entity = await self.get(id)
            try:
                await self._client.transact(*self._deletion(entity))
            except ConditionFailed as failed:
                if failed.index == 0:
                    self._raise_unless_changed(id, failed.item)
                await retries.pause(failed)  # it changed since it was read
            else:
                return

    async def ping(self) -> None:
        await self._client.check(self._table, entity_key(self._entity, "ping"))

    async def close(self) -> None:
        await self._client.close()

    def _deletion(self, entity: T) -> list[Item]:
        own_guard = {
            "ConditionExpression": f"attribute_not_exists(pk) OR {self._id_attribute} = :id",
            "ExpressionAttributeValues": {":id": {"S": entity.id}},
        }
        unchanged = as_read(self._entity, entity, self._referring) | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        return [
            self._delete(entity_key(self._entity, entity.id), unchanged),
            *(self._delete(key, own_guard) for key in self._guards(entity)),
            *self._count_at_owner(entity, -1),
            *(self._delete(key, {}) for key in entry_keys(self._entity, entity)),
        ]

    def _refusal(self, entity: T, index: int) -> ServiceError:
        """Return the failure of an addition whose action `index`, counted from the entity's own item, was refused."""
        if index < 0:
            return self._entity.unknown_owner(entity)
        if index > 0:
            return self._entity.taken(entity, [*self._entity.unique_keys(entity)][index - 1])
        if self._entity.field("id").is_input:
            return self._entity.id_taken(entity)
        return StoreUnavailable()  # a generated id was generated before: another attempt has another

    def _raise_unless_changed(self, id: str, found: Item | None) -> None:
        if found is None:
            raise self._entity.not_found(id) from None
        for name in self._referring:
            if found.get(name, NONE) != NONE:
                raise InUse(self._entity.singular, id, name) from None

    def _guards(self, entity: T) -> list[Item]:
        return [guard_key(field, key) for field, key in self._entity.unique_keys(entity).items()]

    def _count_at_owner(self, entity: T, change: int) -> list[Item]:
        """Return the action that counts an entity at its owner, if its kind has one. The owner has to exist."""
        owner = self._entity.owner
        if owner is None:
            return []
        update = {
            "TableName": self._tables[owner.entity.name],
            "Key": entity_key(owner.entity, getattr(entity, owner.field.name)),
            "UpdateExpression": "ADD #count :change",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#count": self._entity.name},
            "ExpressionAttributeValues": {":change": {"N": str(change)}},
        }
        return [{"Update": update}]

    def _put(self, item: Item, condition: str | None = None) -> Item:
        conditional = {"ConditionExpression": condition} if condition else {}
        return {"Put": {"TableName": self._table, "Item": item, **conditional}}

    def _delete(self, key: Item, condition: Item) -> Item:
        return {"Delete": {"TableName": self._table, "Key": key, **condition}}
