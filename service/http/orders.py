"""The orders API."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from service.application.orders import ChangeOrderStatus, DeleteOrder, GetOrder, ListOrders, PlaceOrder
from service.application.ports import Position
from service.domain.moments import rfc3339
from service.domain.orders import Order, owner_id
from service.domain.rules import Check
from service.http.answers import NOTHING, Answer
from service.http.bodies import json_answer, read_fields
from service.http.paging import Cursors, next_link, read_page, read_query


def read_list(query: Mapping[str, str], cursors: Cursors, **of_user: str) -> tuple[str, int, Position | None]:
    """What a query asks for of all orders, or of one user's: the list's name to cursors, its limit, and the position.

    Raises `Invalid`, with everything that is wrong.
    """
    name = "/".join(("orders", *of_user.values()))
    with Check() as check:
        for field, value in of_user.items():
            check(field, owner_id, value)
        limit, after = read_page(check, query, cursors, name)
    return name, limit, after


class OrdersApi:
    """The routes under `/api/orders`."""

    def __init__(
        self,
        place_order: PlaceOrder,
        list_orders: ListOrders,
        get_order: GetOrder,
        change_order_status: ChangeOrderStatus,
        delete_order: DeleteOrder,
        cursors: Cursors,
    ) -> None:
        self._place_order = place_order
        self._list_orders = list_orders
        self._get_order = get_order
        self._change_order_status = change_order_status
        self._delete_order = delete_order
        self._cursors = cursors

    def routes(self) -> list[HTTPRouteHandler]:
        """The route handlers, for the application to register."""
        return [
            post("/api/orders")(self.place),
            get("/api/orders")(self.list),
            get("/api/orders/{order_id:str}")(self.get),
            patch("/api/orders/{order_id:str}")(self.change_status),
            delete("/api/orders/{order_id:str}", status_code=200)(self.delete),
        ]

    async def place(self, request: Request[Any, Any, Any]) -> Answer:
        fields = await read_fields(request, "user_id", "product", "quantity", "status", "id")
        order = await self._place_order(**fields)
        return json_answer(_shown(order), 201, {"Location": f"orders/{order.id}"})

    async def list(self, request: Request[Any, Any, Any]) -> Answer:
        query = read_query(request)
        of_user = {"user_id": query["user_id"]} if "user_id" in query else {}
        name, limit, after = read_list(query, self._cursors, **of_user)
        page = await self._list_orders(limit, after, **of_user)
        return json_answer(
            [*map(_shown, page.items)], headers=next_link(self._cursors, name, page, **of_user, limit=limit)
        )

    async def get(self, order_id: FromPath[str]) -> Answer:
        return json_answer(_shown(await self._get_order(order_id)))

    async def change_status(self, request: Request[Any, Any, Any], order_id: FromPath[str]) -> Answer:
        order = await self._change_order_status(order_id, **await read_fields(request, "status"))
        return json_answer(_shown(order))

    async def delete(self, order_id: FromPath[str]) -> Answer:
        await self._delete_order(order_id)
        return NOTHING


def _shown(order: Order) -> dict[str, str | int]:
    return {
        "id": order.id,
        "user_id": order.user_id,
        "product": order.product,
        "quantity": order.quantity,
        "status": order.status.value,
        "created_at": rfc3339(order.created_at),
    }
