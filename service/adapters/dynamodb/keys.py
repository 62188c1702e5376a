"""The keys: which partition an item lies in, and how lists are ordered. Both tables have `pk` and `sk`.

A list is spread over shards, since one partition takes only so many writes a second; a page merges them.
"""

import hashlib
import zlib
from typing import Final

from service.adapters.dynamodb.failures import Item
from service.application.ports import Position
from service.domain.moments import to_epoch
from service.domain.orders import Order
from service.domain.users import User, email_key

SHARDS: Final = 8

# A partition key has at most 2,048 bytes
# (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
_LONGEST_ADDRESS: Final = 2048 - len("email#")


def key(pk: str, sk: str) -> Item:
    """A primary key as DynamoDB writes it."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def user_key(user_id: str) -> Item:
    """Where a user lies."""
    return key(f"user#{user_id}", "user")


def email_guard_key(email: str) -> Item:
    """Where the item lies that only one user with this e-mail address can put there."""
    address = email_key(email)
    if len(address.encode()) > _LONGEST_ADDRESS:  # of some 254 characters the normal form has 3,048 bytes
        address = f"sha256:{hashlib.sha256(address.encode()).hexdigest()}"  # without an @, so it is nobody's address
    return key(f"email#{address}", "email")


def user_entry_key(user: User) -> Item:
    """Where a user's entry in the list of users lies."""
    return key(shard("users", user.id), sort_key(user))


def order_key(order_id: str) -> Item:
    """Where an order lies."""
    return key(f"order#{order_id}", "order")


def order_entry_keys(order: Order) -> tuple[Item, Item]:
    """Where an order's entries lie: in the list of its user's orders, and in the list of all."""
    return key(orders_of(order.user_id), sort_key(order)), key(shard("orders", order.id), sort_key(order))


def orders_of(user_id: str) -> str:
    """The partition of one user's orders."""
    return f"user#{user_id}"


def shards(kind: str) -> list[str]:
    """The partitions of a list of all users or all orders."""
    return [f"{kind}#{number}" for number in range(SHARDS)]


def shard(kind: str, entity_id: str) -> str:
    """The one of `shards` that an entity's entry lies in; the same in every process, always."""
    return f"{kind}#{zlib.crc32(entity_id.encode()) % SHARDS}"


def sort_key(entity: User | Order | Position) -> str:
    """Orders as the contract does: by `created_at`, then by `id` as bytes."""
    return f"{to_epoch(entity.created_at):015}#{entity.id}"
