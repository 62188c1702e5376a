"""Orders in DynamoDB: the order, and an entry in each of two lists, written together with the count at its user."""

from dataclasses import replace

from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.failures import ConditionFailed, Item, readable
from service.adapters.dynamodb.keys import order_entry_keys, order_key, orders_of, shards, user_key
from service.adapters.dynamodb.paging import fetch_page
from service.adapters.dynamodb.retries import Retries
from service.application.ports import OrderRepository, Page, Position
from service.domain.errors import InvalidTransition, OrderExists, OrderNotFound, UnknownOwner
from service.domain.moments import from_epoch, to_epoch
from service.domain.orders import Order, Status

# The place of the user in a placement: that they are missing is reported first.
_OWNER = 0


class DynamoOrderRepository(OrderRepository):
    """Keeps orders in a table of their own; their users are in the other."""

    def __init__(self, client: DynamoClient, orders_table: str, users_table: str) -> None:
        self._client = client
        self._table = orders_table
        self._users_table = users_table

    async def add(self, order: Order) -> None:
        attributes = _attributes(order)
        put_order = self._put({**order_key(order.id), **attributes})
        put_order["Put"]["ConditionExpression"] = "attribute_not_exists(pk)"
        entries = [self._put({**key, **attributes}) for key in order_entry_keys(order)]
        try:
            await self._client.transact(self._count(order.user_id, 1), put_order, *entries)
        except ConditionFailed as failed:
            if failed.index == _OWNER:
                raise UnknownOwner(order.user_id) from None
            raise OrderExists(order.id) from None

    async def get(self, order_id: str) -> Order:
        item = await self._client.get(self._table, order_key(order_id))
        if item is None:
            raise OrderNotFound(order_id)
        return _order(item)

    async def page(self, limit: int, after: Position | None = None, *, user_id: str | None = None) -> Page[Order]:
        partitions = shards("orders") if user_id is None else [orders_of(user_id)]
        return await fetch_page(self._client, self._table, partitions, _order, limit, after)

    async def set_status(self, order_id: str, status: Status) -> Order:
        retries = Retries()
        while True:
            order = await self.get(order_id)
            if order.status not in status.sources:
                raise InvalidTransition(order_id, status)
            if order.status == status:
                return order
            try:
                await self._client.transact(
                    *(self._set_status(key, order, status) for key in (order_key(order_id), *order_entry_keys(order)))
                )
            except ConditionFailed as failed:
                await retries.pause(failed)  # changed since it was read
            else:
                return replace(order, status=status)

    async def delete(self, order_id: str) -> None:
        retries = Retries()
        while True:
            order = await self.get(order_id)
            entries = [{"Delete": {"TableName": self._table, "Key": key}} for key in order_entry_keys(order)]
            try:
                await self._client.transact(self._delete(order), self._count(order.user_id, -1), *entries)
            except ConditionFailed as failed:
                await retries.pause(failed)  # changed since it was read
            else:
                return

    async def ping(self) -> None:
        await self._client.get(self._table, order_key("ping"))

    async def close(self) -> None:
        await self._client.close()

    def _put(self, item: Item) -> Item:
        return {"Put": {"TableName": self._table, "Item": item}}

    def _count(self, user_id: str, change: int) -> Item:
        return {
            "Update": {
                "TableName": self._users_table,
                "Key": user_key(user_id),
                "UpdateExpression": "ADD orders :change",
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeValues": {":change": {"N": str(change)}},
            }
        }

    def _set_status(self, key: Item, order: Order, status: Status) -> Item:
        return {
            "Update": {
                "TableName": self._table,
                "Key": key,
                "UpdateExpression": "SET #status = :new",
                "ConditionExpression": _AS_READ,
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": {":new": {"S": status.value}, **_as_read(order)},
            }
        }

    def _delete(self, order: Order) -> Item:
        return {
            "Delete": {
                "TableName": self._table,
                "Key": order_key(order.id),
                "ConditionExpression": _AS_READ,
                "ExpressionAttributeNames": {"#status": "status"},
                "ExpressionAttributeValues": _as_read(order),
            }
        }


# An id may be deleted and taken again between reading and writing: it must still be the order that was read.
_AS_READ = "#status = :status AND created_at = :created_at AND user_id = :user_id"


def _as_read(order: Order) -> Item:
    attributes = _attributes(order)
    return {f":{name}": attributes[name] for name in ("status", "created_at", "user_id")}


def _attributes(order: Order) -> Item:
    return {
        "id": {"S": order.id},
        "user_id": {"S": order.user_id},
        "product": {"S": order.product},
        "quantity": {"N": str(order.quantity)},
        "status": {"S": order.status.value},
        "created_at": {"N": str(to_epoch(order.created_at))},
    }


@readable
def _order(item: Item) -> Order:
    return Order(
        id=item["id"]["S"],
        user_id=item["user_id"]["S"],
        product=item["product"]["S"],
        quantity=int(item["quantity"]["N"]),
        status=Status(item["status"]["S"]),
        created_at=from_epoch(int(item["created_at"]["N"])),
    )
