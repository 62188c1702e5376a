"""Users in DynamoDB: the user, a guard of the e-mail address, and an entry in the list, written together."""

from service.adapters.dynamodb.client import ConditionsFailed, DynamoClient, Item
from service.adapters.dynamodb.keys import email_guard_key, shards, user_entry_key, user_key
from service.adapters.dynamodb.paging import fetch_page
from service.application.ports import Page, Position, UserRepository
from service.domain.errors import EmailTaken, UserHasOrders, UserNotFound
from service.domain.moments import from_epoch, to_epoch
from service.domain.users import User


class DynamoUserRepository(UserRepository):
    """Keeps users in one table. A user's item counts his orders, so that he cannot go while there are any."""

    def __init__(self, client: DynamoClient, table: str) -> None:
        self._client = client
        self._table = table

    async def add(self, user: User) -> None:
        attributes = _attributes(user)
        try:
            await self._client.transact(
                self._put({**user_key(user.id), **attributes, "orders": {"N": "0"}}, "attribute_not_exists(pk)"),
                self._put({**email_guard_key(user.email), "user_id": {"S": user.id}}, "attribute_not_exists(pk)"),
                self._put({**user_entry_key(user), **attributes}),
            )
        except ConditionsFailed as cancelled:
            if cancelled.failed(1):
                raise EmailTaken(user.email) from None
            raise

    async def get(self, user_id: str) -> User:
        item = await self._client.get(self._table, user_key(user_id))
        if item is None:
            raise UserNotFound(user_id)
        return _user(item)

    async def page(self, limit: int, after: Position | None = None) -> Page[User]:
        return await fetch_page(self._client, self._table, shards("users"), _user, limit, after)

    async def delete(self, user_id: str) -> None:
        user = await self.get(user_id)
        try:
            await self._client.transact(
                {
                    "Delete": {
                        "TableName": self._table,
                        "Key": user_key(user_id),
                        "ConditionExpression": "attribute_exists(pk) AND orders = :none",
                        "ExpressionAttributeValues": {":none": {"N": "0"}},
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
                {"Delete": {"TableName": self._table, "Key": email_guard_key(user.email)}},
                {"Delete": {"TableName": self._table, "Key": user_entry_key(user)}},
            )
        except ConditionsFailed as cancelled:
            gone = cancelled.item(0) is None
            raise (UserNotFound(user_id) if gone else UserHasOrders(user_id)) from None

    async def ping(self) -> None:
        await self._client.get(self._table, user_key("ping"))

    async def close(self) -> None:
        await self._client.close()

    def _put(self, item: Item, condition: str | None = None) -> Item:
        conditional = {"ConditionExpression": condition} if condition else {}
        return {"Put": {"TableName": self._table, "Item": item, **conditional}}


def _attributes(user: User) -> Item:
    return {
        "id": {"S": user.id},
        "name": {"S": user.name},
        "email": {"S": user.email},
        "created_at": {"N": str(to_epoch(user.created_at))},
    }


def _user(item: Item) -> User:
    return User(
        id=item["id"]["S"],
        name=item["name"]["S"],
        email=item["email"]["S"],
        created_at=from_epoch(int(item["created_at"]["N"])),
    )
