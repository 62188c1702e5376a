"""Users in DynamoDB: the user, a guard of the e-mail address, and an entry in the list, written together."""

from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.failures import ConditionFailed, Item, readable
from service.adapters.dynamodb.keys import email_guard_key, shards, user_entry_key, user_key
from service.adapters.dynamodb.paging import fetch_page
from service.adapters.dynamodb.retries import Retries
from service.application.ports import Page, Position, UserRepository
from service.domain.errors import EmailTaken, StoreUnavailable, UserHasOrders, UserNotFound
from service.domain.moments import from_epoch, to_epoch
from service.domain.users import User


class DynamoUserRepository(UserRepository):
    """Keeps users in one table. A user's item counts their orders, so that it stays while there are any."""

    def __init__(self, client: DynamoClient, table: str) -> None:
        self._client = client
        self._table = table

    async def add(self, user: User) -> None:
        attributes = _attributes(user)
        try:
            await self._client.transact(
                self._put({**user_key(user.id), **attributes, "orders": _NONE}, "attribute_not_exists(pk)"),
                self._put({**email_guard_key(user.email), "user_id": {"S": user.id}}, "attribute_not_exists(pk)"),
                self._put({**user_entry_key(user), **attributes}),
            )
        except ConditionFailed as failed:
            if failed.index == _GUARD:
                raise EmailTaken(user.email) from None
            raise StoreUnavailable from failed  # the id is taken: another attempt has another

    async def get(self, user_id: str) -> User:
        item = await self._client.get(self._table, user_key(user_id))
        if item is None:
            raise UserNotFound(user_id)
        return _user(item)

    async def page(self, limit: int, after: Position | None = None) -> Page[User]:
        return await fetch_page(self._client, self._table, shards("users"), _user, limit, after)

    async def delete(self, user_id: str) -> None:
        retries = Retries()
        while True:
            user = await self.get(user_id)
            try:
                await self._client.transact(
                    self._delete_as_read(user),
                    self._delete_own_guard(user),
                    {"Delete": {"TableName": self._table, "Key": user_entry_key(user)}},
                )
            except ConditionFailed as failed:
                if failed.index == _USER:
                    _raise_unless_changed(user_id, failed.item)
                await retries.pause(failed)  # the e-mail address changed since it was read
            else:
                return

    async def ping(self) -> None:
        await self._client.get(self._table, user_key("ping"))

    async def close(self) -> None:
        await self._client.close()

    def _put(self, item: Item, condition: str | None = None) -> Item:
        conditional = {"ConditionExpression": condition} if condition else {}
        return {"Put": {"TableName": self._table, "Item": item, **conditional}}

    def _delete_as_read(self, user: User) -> Item:
        return {
            "Delete": {
                "TableName": self._table,
                "Key": user_key(user.id),
                "ConditionExpression": "attribute_exists(pk) AND orders = :none AND email = :email",
                "ExpressionAttributeValues": {":none": _NONE, ":email": {"S": user.email}},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _delete_own_guard(self, user: User) -> Item:
        return {
            "Delete": {
                "TableName": self._table,
                "Key": email_guard_key(user.email),
                "ConditionExpression": "attribute_not_exists(pk) OR user_id = :id",
                "ExpressionAttributeValues": {":id": {"S": user.id}},
            }
        }


# The places of a user's items in a transaction, in the order in which failed conditions are reported.
_USER, _GUARD = 0, 1
_NONE = {"N": "0"}


def _raise_unless_changed(user_id: str, found: Item | None) -> None:
    if found is None:
        raise UserNotFound(user_id) from None
    if found.get("orders") != _NONE:
        raise UserHasOrders(user_id) from None


def _attributes(user: User) -> Item:
    return {
        "id": {"S": user.id},
        "name": {"S": user.name},
        "email": {"S": user.email},
        "created_at": {"N": str(to_epoch(user.created_at))},
    }


@readable
def _user(item: Item) -> User:
    return User(
        id=item["id"]["S"],
        name=item["name"]["S"],
        email=item["email"]["S"],
        created_at=from_epoch(int(item["created_at"]["N"])),
    )
