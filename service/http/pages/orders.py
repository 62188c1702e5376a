"""The web page of orders: that of every entity, with a choice of users, and a button that completes an order."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from service.application.deadline import seconds_left
from service.application.entities import ListPage
from service.domain.orders import Order, Status
from service.domain.users import User
from service.http.failures import AnyRequest, explain
from service.http.pages.entities import EntityPage, kept
from service.http.pages.forms import Form
from service.http.paging import read_query
from service.http.unavailable import note_cause, while_waiting

CHOICE: Final = 20
"""How many of the newest users a person can choose for an order."""

CHOICE_SECONDS: Final = 0.5
"""The page waits no longer than this for the choice, and no longer than half of the time that is left."""


class OrdersPage(EntityPage[Order]):
    """`/orders`."""

    create_action: ClassVar = "place"
    done: ClassVar = {
        "place": "The order was placed.",
        "complete": "The order was completed.",
        "delete": "The order was deleted.",
    }

    def __init__(self, *args: Any, list_users: ListPage[User] | None) -> None:
        """`list_users` gives the choice of users; None where this process does not serve users."""
        super().__init__(*args)
        self._list_users = list_users

    async def carry_out(self, request: AnyRequest, form: Form) -> Mapping[str, str]:
        if form.get("do") != "complete" or self._use_cases.change is None:
            return await super().carry_out(request, form)
        order_id = form.get("id", "")
        await self._use_cases.change(order_id, status=Status.COMPLETED)
        return {**kept(read_query(request), *self._kept), "id": order_id}

    async def extras(self, request: AnyRequest) -> Mapping[str, Any]:
        return {"choice": await self._newest_users(request)}

    async def _newest_users(self, request: AnyRequest) -> Sequence[User]:
        """Return the users who can be chosen; nobody if they cannot be read, for an id can still be entered."""
        if self._list_users is None or not self._site.access.may(request.scope, "users:read"):
            return ()
        try:
            async with asyncio.timeout(seconds_left(2 * CHOICE_SECONDS) / 2):
                return (await self._list_users(CHOICE)).items
        except TimeoutError:
            note_cause(request.scope, while_waiting("the choice of users took too long"))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is logged, and the page works without the choice
            explain(request, error)
        return ()
