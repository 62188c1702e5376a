"""The page of orders."""

from collections.abc import Mapping
from typing import Any, ClassVar

from service.application.orders import ChangeOrderStatus, DeleteOrder, ListOrders, PlaceOrder
from service.domain.orders import Status
from service.http.orders import read_list
from service.http.pages.csrf import FormTokens
from service.http.pages.forms import Form, given, number, unknown_action
from service.http.pages.list_page import ListPage, Query, kept
from service.http.pages.site import Site
from service.http.paging import Cursors, next_cursor


class OrdersPage(ListPage):
    """`/orders`: see all orders or one user's; place, complete and delete them."""

    name = "orders"
    done: ClassVar = {
        "place": "The order was placed.",
        "complete": "The order was completed.",
        "delete": "The order was deleted.",
    }

    def __init__(
        self,
        place_order: PlaceOrder,
        list_orders: ListOrders,
        change_order_status: ChangeOrderStatus,
        delete_order: DeleteOrder,
        cursors: Cursors,
        site: Site,
        tokens: FormTokens,
    ) -> None:
        super().__init__(site, tokens)
        self._place_order = place_order
        self._list_orders = list_orders
        self._change_order_status = change_order_status
        self._delete_order = delete_order
        self._cursors = cursors

    async def listed(self, query: Query) -> Mapping[str, Any]:
        of_user = kept(query, "user_id")
        name, limit, after = read_list(query, self._cursors, **of_user)
        page = await self._list_orders(limit, after, **of_user)
        return {"page": page, "next_cursor": next_cursor(self._cursors, name, page)}

    async def carry_out(self, form: Form, query: Query) -> Mapping[str, str]:
        order_id = form.get("id", "")
        match form.get("do"):
            case "place":
                order = await self._place_order(**self._fields(form))
                return {**kept(query, "user_id"), "id": order.id}
            case "complete":
                await self._change_order_status(order_id, status=Status.COMPLETED)
                return {**kept(query, "user_id", "cursor", "limit"), "id": order_id}
            case "delete":
                await self._delete_order(order_id)
                return kept(query, "user_id", "cursor", "limit")
        raise unknown_action(self.done)

    @staticmethod
    def _fields(form: Form) -> dict[str, Any]:
        texts = given(form, "user_id", "product", "status", "id")
        return texts | {name: number(typed) for name, typed in given(form, "quantity").items()}
