"""The actions of the transactions that write entities of one kind. Conditions are checked in their order."""

from collections.abc import Mapping
from typing import Any, Final

from service.adapters.dynamodb.failures import Item
from service.adapters.dynamodb.items import NONE, as_read, attributes_of
from service.adapters.dynamodb.keys import entity_key, entry_keys, guard_key, used_key
from service.adapters.dynamodb.tables import EXPIRES_AT
from service.application.ports import KeyUse
from service.domain.entities import referring_to
from service.domain.entity import Entity, T

_ABSENT: Final = "attribute_not_exists(pk)"
_OLD_ITEM: Final[Item] = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


class Actions:
    """Builds the actions for one kind of entity."""

    def __init__(self, entity: Entity[Any], tables: Mapping[str, str]) -> None:
        """`tables` are the names of the tables, by the names of the entities: of this one, and of its owner."""
        self._entity = entity
        self._tables = tables
        self._table = tables[entity.name]
        self._id_attribute = f"{entity.singular}_id"
        self.referring = [other.name for other in referring_to(entity.name)]
        """The names of the entities that refer to those of this kind, and so of the counts in their items."""

    def record_use(self, use: KeyUse, entity: T) -> Item:
        """Record the use of an idempotency key, unless an earlier use still counts, whose item the failure has."""
        item = {
            **used_key(use.key),
            "fingerprint": {"S": use.fingerprint},
            "entity": {"M": attributes_of(self._entity, entity)},
            EXPIRES_AT: {"N": f"{use.expires_at.timestamp():.0f}"},
        }
        # DynamoDB removes an item some time after it has expired.
        put = self._put(item, f"{_ABSENT} OR {EXPIRES_AT} <= :now")
        put["Put"] |= {"ExpressionAttributeValues": {":now": {"N": f"{use.at.timestamp():.6f}"}}, **_OLD_ITEM}
        return put

    def count_at_owner(self, entity: T, change: int) -> list[Item]:
        """Count an entity at its owner, if its kind has one. The owner has to exist."""
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

    def put_entity(self, entity: T) -> Item:
        """Put an entity's own item, which must not be there."""
        attributes = attributes_of(self._entity, entity)
        return self._put(
            {**entity_key(self._entity, entity.id), **attributes, **dict.fromkeys(self.referring, NONE)}, _ABSENT
        )

    def change_entity(self, before: T, after: T) -> Item:
        """Change an entity's own item, which must be as it was before."""
        return self._change(entity_key(self._entity, before.id), before, after)

    def delete_entity(self, entity: T) -> Item:
        """Delete an entity's own item, which must be as it was read, and without entities that refer to it."""
        as_it_was = as_read(self._entity, entity, self.referring)
        return self._delete(entity_key(self._entity, entity.id), as_it_was | _OLD_ITEM)

    def guards(self, entity: T) -> list[Item]:
        """Return the keys of the guards of an entity's unique values, in the order of the fields."""
        return [guard_key(field, key) for field, key in self._entity.unique_keys(entity).items()]

    def put_guards(self, keys: list[Item], entity: T) -> list[Item]:
        """Put guards, none of which may be there."""
        return [self._put({**key, self._id_attribute: {"S": entity.id}}, _ABSENT) for key in keys]

    def delete_guards(self, keys: list[Item], entity: T) -> list[Item]:
        """Delete guards that are of this entity."""
        own = {
            "ConditionExpression": f"{_ABSENT} OR {self._id_attribute} = :id",
            "ExpressionAttributeValues": {":id": {"S": entity.id}},
        }
        return [self._delete(key, own) for key in keys]

    def put_entries(self, entity: T) -> list[Item]:
        """Put an entity's entries in lists."""
        attributes = attributes_of(self._entity, entity)
        return [self._put({**key, **attributes}) for key in entry_keys(self._entity, entity)]

    def change_entries(self, before: T, after: T) -> list[Item]:
        """Change the entries in lists, which must be as they were before."""
        return [self._change(key, before, after) for key in entry_keys(self._entity, before)]

    def delete_entries(self, entity: T) -> list[Item]:
        """Delete the entries in lists."""
        return [self._delete(key, {}) for key in entry_keys(self._entity, entity)]

    def _put(self, item: Item, condition: str | None = None) -> Item:
        conditional = {"ConditionExpression": condition} if condition else {}
        return {"Put": {"TableName": self._table, "Item": item, **conditional}}

    def _change(self, key: Item, before: T, after: T) -> Item:
        old, new = attributes_of(self._entity, before), attributes_of(self._entity, after)
        changed = {name: value for name, value in new.items() if value != old[name]}
        as_it_was = as_read(self._entity, before)
        as_it_was["ExpressionAttributeValues"] |= {f":new_{name}": value for name, value in changed.items()}
        assignments = ", ".join(f"#{name} = :new_{name}" for name in changed)
        update = {"TableName": self._table, "Key": key, "UpdateExpression": f"SET {assignments}"}
        return {"Update": update | as_it_was | _OLD_ITEM}

    def _delete(self, key: Item, condition: Item) -> Item:
        return {"Delete": {"TableName": self._table, "Key": key, **condition}}
