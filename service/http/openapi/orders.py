"""What orders have beside the paths of every entity."""

from typing import Final

from service.application.orders import ChangeOrderStatus
from service.domain.orders import ORDERS
from service.http.openapi.entities import of_one
from service.http.openapi.failures import WITH_BODY, failures
from service.http.openapi.operations import Json, operation, ref, success
from service.http.problems import INVALID_TRANSITION

OPERATIONS: Final[Json] = {
    "/api/orders/{order_id}": {
        "patch": operation(
            "changeOrderStatus",
            ChangeOrderStatus.__doc__ or "",
            {
                **success("The order as it is now.", ref("schemas", "Order")),
                **failures(*of_one(ORDERS), *WITH_BODY, INVALID_TRANSITION),
            },
            body="OrderChange",
            tags=["orders"],
        )
    }
}
"""Further operations, by their paths."""
