"""How a user is stored in the DynamoDB table: their item, a guard of their e-mail address, and an entry in the list."""

import unicodedata
import zlib
from collections.abc import Callable
from typing import Any

Item = dict[str, Any]


def creation(table: str, user: Item, spelled: Callable[[Item], Item]) -> list[Item]:
    """The actions of the transaction that adds a user, whose `created_at` is in milliseconds.

    `spelled` puts items into the form that the caller's client wants.
    """
    shard = zlib.crc32(user["id"].encode()) % 8
    return [
        _put(table, spelled({**user_key(user["id"]), **user, "orders": 0}), once=True),
        _put(
            table, spelled({"pk": f"email#{_folded(user['email'])}", "sk": "email", "user_id": user["id"]}), once=True
        ),
        _put(table, spelled({"pk": f"users#{shard}", "sk": f"{user['created_at']:015}#{user['id']}", **user})),
    ]


def user_key(user_id: str) -> Item:
    """The key of a user's item."""
    return {"pk": f"user#{user_id}", "sk": "user"}


def typed(item: Item) -> Item:
    """An item as boto3's client wants it."""
    return {name: {"S": value} if isinstance(value, str) else {"N": str(value)} for name, value in item.items()}


def email_is_taken(error: Any) -> bool:
    """Whether botocore's error says that the guard of the e-mail address was there already."""
    reasons = error.response.get("CancellationReasons") or []
    return len(reasons) > 1 and reasons[1].get("Code") == "ConditionalCheckFailed"


def _put(table: str, item: Item, *, once: bool = False) -> Item:
    condition = {"ConditionExpression": "attribute_not_exists(pk)"} if once else {}
    return {"Put": {"TableName": table, "Item": item, **condition}}


def _folded(email: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email).casefold())
