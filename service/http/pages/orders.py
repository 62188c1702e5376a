"""The page of orders."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from service.application.deadline import seconds_left
from service.application.orders import ChangeOrderStatus, DeleteOrder, ListOrders, PlaceOrder
from service.application.users import ListUsers
from service.domain.orders import Status
from service.domain.users import User
from service.http.failures import AnyRequest, explain
from service.http.orders import read_list
from service.http.pages.csrf import FormTokens
from service.http.pages.forms import Form, given, number, unknown_action
from service.http.pages.list_page import ListPage, Query, kept
from service.http.pages.site import Site
from service.http.paging import Cursors, next_cursor
from service.http.unavailable import note_cause, while_waiting

CHOICE: Final = 20
"""So many of the newest users can be chosen for an order."""

CHOICE_SECONDS: Final = 0.5
"""The page waits no longer than this for the choice, and no longer than half of the time that is left."""


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
        list_users: ListUsers | None = None,
    ) -> None:
        """`list_users` gives the choice of users; None where this process does not serve users."""
        super().__init__(site, tokens)
        self._list_users = list_users
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

    async def extras(self, request: AnyRequest) -> Mapping[str, Any]:
        return {"choice": await self._newest_users(request)}

    async def _newest_users(self, request: AnyRequest) -> Sequence[User]:
        """The users who can be chosen; nobody if they cannot be read, for an id can still be entered."""
        if self._list_users is None:
            return ()
        try:
            async with asyncio.timeout(seconds_left(2 * CHOICE_SECONDS) / 2):
                return (await self._list_users(CHOICE)).items
        except TimeoutError:
            note_cause(request.scope, while_waiting("the choice of users took too long"))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is logged, and the page works without the choice
            explain(request, error)
        return ()

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
