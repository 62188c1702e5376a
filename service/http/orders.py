"""The API of orders: that of every entity, and the change of a status."""

from typing import Any

from litestar import Request, patch
from litestar.handlers import HTTPRouteHandler

from service.application.orders import ChangeOrderStatus
from service.domain.orders import Order
from service.http.answers import Answer
from service.http.bodies import json_answer, read_fields
from service.http.entities import EntityApi


class OrdersApi(EntityApi[Order]):
    """The routes under `/api/orders`."""

    def __init__(self, *args: Any, change_status: ChangeOrderStatus) -> None:
        super().__init__(*args)
        self._change_status = change_status

    def routes(self) -> list[HTTPRouteHandler]:
        return [*super().routes(), patch(self.path)(self.change_status)]

    async def change_status(self, request: Request[Any, Any, Any]) -> Answer:
        order = await self._change_status(self.id_of(request), **await read_fields(request, "status"))
        return json_answer(self.json(order))
