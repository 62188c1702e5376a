"""The keys: which partition an item is in, and how lists are ordered. All tables have `pk` and `sk`.

A list of all entities is spread over shards, since one partition accepts only so many writes a second.
"""

import hashlib
import zlib
from typing import Any, Final

from service.adapters.dynamodb.failures import Item
from service.application.ports import Position
from service.domain.entity import Entity, Identified, T
from service.domain.moments import to_epoch

SHARDS: Final = 8

# A partition key has at most 2,048 bytes
# (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
_KEY_BYTES: Final = 2048


def key(pk: str, sk: str) -> Item:
    """Return a primary key as DynamoDB writes it."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def entity_key(entity: Entity[Any], id: str) -> Item:
    """Return the key of an entity's own item: `user#<id>`."""
    return key(f"{entity.singular}#{id}", entity.singular)


def guard_key(field: str, unique_key: str) -> Item:
    """Return the key of the item that only one entity with this value of a unique field can put: `email#<key>`."""
    # The key of an e-mail address of 254 characters can have 3,048 bytes. A hash is shorter, and no address has no @.
    if len(f"{field}#{unique_key}".encode()) > _KEY_BYTES:
        unique_key = f"sha256:{hashlib.sha256(unique_key.encode()).hexdigest()}"
    return key(f"{field}#{unique_key}", field)


def used_key(name: str) -> Item:
    """Return the key of the item that records the use of an idempotency key: `key#<name>`."""
    return key(f"key#{name}", "key")


def entry_keys(entity: Entity[T], stored: T) -> list[Item]:
    """Return the keys of an entity's entries in lists: in that of its owner, if it has one, and in that of all."""
    lists = [shard(entity.name, stored.id)]
    owner_id = entity.owner_id(stored)
    if owner_id is not None:
        lists.insert(0, list_of_owner(entity, owner_id))
    return [key(pk, sort_key(stored)) for pk in lists]


def list_of_owner(entity: Entity[Any], owner_id: str) -> str:
    """Return the partition of the entities that refer to one owner: `user#<id>` in the table of orders."""
    if entity.owner is None:
        raise TypeError(f"{entity.name} have no owner.")
    return f"{entity.owner.entity.singular}#{owner_id}"


def shards(name: str) -> list[str]:
    """Return the partitions of the list of all entities of that name."""
    return [f"{name}#{number}" for number in range(SHARDS)]


def shard(name: str, id: str) -> str:
    """Return the one of `shards` that an entity's entry is in; it is the same in every process, always."""
    return f"{name}#{zlib.crc32(id.encode()) % SHARDS}"


def sort_key(entity: Identified | Position) -> str:
    """Return a string that orders as the contract does: by `created_at`, then by `id` as bytes."""
    return f"{to_epoch(entity.created_at):015}#{entity.id}"
