"""The paths under `/api/orders`."""

from typing import Final

from service.application.orders import ChangeOrderStatus, DeleteOrder, GetOrder, ListOrders, PlaceOrder
from service.http.openapi.failures import ANYWHERE, WITH_BODY, WITH_STORE, failures
from service.http.openapi.operations import Json, no_content, operation, ref, success, with_head
from service.http.problems import INVALID_TRANSITION, NOT_FOUND, ORDER_EXISTS, ORDER_NOT_FOUND, UNKNOWN_OWNER

_ORDER: Final = ref("schemas", "Order")
_TAGS: Final = ["orders"]

PATHS: Final[Json] = {
    "/api/orders": with_head(
        {
            "get": operation(
                ListOrders,
                {
                    **success("A page of orders.", {"type": "array", "items": _ORDER}, "Link"),
                    **failures(*ANYWHERE, *WITH_STORE),
                },
                parameters=[ref("parameters", name) for name in ("OfUser", "Limit", "Cursor")],
                tags=_TAGS,
            ),
            "post": operation(
                PlaceOrder,
                {
                    **success("The new order.", _ORDER, "Location", status=201),
                    **failures(*ANYWHERE, *WITH_BODY, *WITH_STORE, UNKNOWN_OWNER, ORDER_EXISTS),
                },
                body="NewOrder",
                tags=_TAGS,
            ),
        }
    ),
    "/api/orders/{order_id}": with_head(
        {
            "parameters": [ref("parameters", "OrderId")],
            "get": operation(
                GetOrder,
                {
                    **success("The order.", _ORDER),
                    **failures(*ANYWHERE, *WITH_STORE, ORDER_NOT_FOUND, NOT_FOUND),
                },
                tags=_TAGS,
            ),
            "patch": operation(
                ChangeOrderStatus,
                {
                    **success("The order as it is now.", _ORDER),
                    **failures(*ANYWHERE, *WITH_BODY, *WITH_STORE, ORDER_NOT_FOUND, NOT_FOUND, INVALID_TRANSITION),
                },
                body="OrderChange",
                tags=_TAGS,
            ),
            "delete": operation(
                DeleteOrder,
                {
                    **no_content("The order is removed."),
                    **failures(*ANYWHERE, *WITH_STORE, ORDER_NOT_FOUND, NOT_FOUND),
                },
                tags=_TAGS,
            ),
        }
    ),
}
