"""What is special about orders."""

from service.application.entities import Create
from service.application.ports import OrderRepository
from service.domain.orders import ORDERS, Order
from service.domain.validation import MISSING, Check, could_be_id


class PlaceOrder(Create[Order]):
    """Place an order for a user.

    - The user exists.
    - The product has 2 to 200 characters, without the white space around it; the quantity is 1 to 1,000,000.
    - The status is `pending` unless the caller sends `completed`.
    - The caller may send an id. If it is taken, the request is refused, and the order that has it does not change.
    - If the user is missing and the id is taken, the missing user is reported.
    """

    entity = ORDERS


class ChangeOrderStatus:
    """Change the status of an order.

    - A pending order can be completed; a completed order never goes back to pending.
    - An order that has the status already does not change, which is no error.
    """

    def __init__(self, orders: OrderRepository) -> None:
        self._orders = orders

    async def __call__(self, order_id: str, *, status: object = MISSING) -> Order:
        """Return the order as it then is. Raises `Invalid`, `NotFound` or `InvalidTransition`."""
        with Check() as check:
            valid_status = check("status", ORDERS.field("status").rule.check, status)
        if not could_be_id(order_id):
            raise ORDERS.not_found(order_id)
        return await self._orders.set_status(order_id, valid_status)
