"""Orders in DynamoDB."""

from collections.abc import Mapping
from dataclasses import replace

from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.failures import ConditionFailed, Item
from service.adapters.dynamodb.items import as_read
from service.adapters.dynamodb.keys import entity_key, entry_keys
from service.adapters.dynamodb.repository import DynamoRepository
from service.adapters.dynamodb.retries import Retries
from service.application.ports import OrderRepository
from service.domain.errors import InvalidTransition
from service.domain.orders import ORDERS, Order, Status


class DynamoOrderRepository(DynamoRepository[Order], OrderRepository):
    """Stores orders in a table of their own. A change of the status is written to the order and to its entries."""

    def __init__(self, client: DynamoClient, tables: Mapping[str, str]) -> None:
        super().__init__(ORDERS, client, tables)

    async def set_status(self, order_id: str, status: Status) -> Order:
        retries = Retries()
        while True:
            order = await self.get(order_id)
            if order.status not in status.allowed_from:
                raise InvalidTransition(order_id, status)
            if order.status == status:
                return order
            keys = entity_key(ORDERS, order_id), *entry_keys(ORDERS, order)
            try:
                await self._client.transact(*(self._set_status(key, order, status) for key in keys))
            except ConditionFailed as failed:
                await retries.pause(failed)  # it changed since it was read
            else:
                return replace(order, status=status)

    def _set_status(self, key: Item, order: Order, status: Status) -> Item:
        condition = as_read(ORDERS, order)
        condition["ExpressionAttributeValues"][":new_status"] = {"S": status.value}
        update = {"TableName": self._table, "Key": key, "UpdateExpression": "SET #status = :new_status"}
        return {"Update": update | condition}
