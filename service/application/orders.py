"""What is special about orders."""

from service.application.changes import Change
from service.application.entities import Create
from service.domain.errors import InvalidTransition
from service.domain.orders import ORDERS, Order


class PlaceOrder(Create[Order]):
    """Place an order for a user.

    - The user exists.
    - The product has 2 to 200 characters, without the white space around it; the quantity is 1 to 1,000,000.
    - The status is `pending` unless the caller sends `completed`.
    - The caller may send an id. If it is taken, the request is refused, and the order that has it does not change.
    - If the user is missing and the id is taken, the missing user is reported.
    """

    entity = ORDERS


class ChangeOrderStatus(Change[Order]):
    """Change the status of an order.

    - A pending order can be completed; a completed order never goes back to pending.
    - An order that has the status already does not change, which is no error.
    """

    entity = ORDERS
    fields = ("status",)
    refusals = (InvalidTransition,)

    def allow(self, before: Order, after: Order) -> None:
        """Raises `InvalidTransition`."""
        if before.status not in after.status.allowed_from:
            raise InvalidTransition(before.id, after.status)
