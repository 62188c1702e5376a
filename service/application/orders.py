"""Everything that can be done with orders."""

from service.application.ports import Clock, NewId, OrderRepository, Page, Position
from service.domain.errors import OrderNotFound
from service.domain.orders import Order, order_status
from service.domain.rules import MISSING, Check, could_be_id


class PlaceOrder:
    """Place an order for a user.

    - The user exists.
    - The product has 2 to 200 characters, without the white space around it; the quantity is 1 to 1,000,000.
    - The status is `pending` unless it is said to be `completed`.
    - An id may be given; one that is taken is refused, and the order that has it stays as it is.
    - Where the user is missing and the id is taken, the missing user is what is reported.
    """

    def __init__(self, orders: OrderRepository, clock: Clock, new_id: NewId) -> None:
        self._orders = orders
        self._clock = clock
        self._new_id = new_id

    async def __call__(
        self,
        *,
        user_id: object = MISSING,
        product: object = MISSING,
        quantity: object = MISSING,
        status: object = MISSING,
        id: object = MISSING,
    ) -> Order:
        """Raises `Invalid`, `UnknownOwner` or `OrderExists`."""
        order = Order.place(
            id=self._new_id() if id is MISSING else id,
            user_id=user_id,
            product=product,
            quantity=quantity,
            status=status,
            created_at=self._clock(),
        )
        await self._orders.add(order)
        return order


class GetOrder:
    """Look one order up by id."""

    def __init__(self, orders: OrderRepository) -> None:
        self._orders = orders

    async def __call__(self, order_id: str) -> Order:
        """Raises `OrderNotFound`."""
        if not could_be_id(order_id):
            raise OrderNotFound(order_id)
        return await self._orders.get(order_id)


class ListOrders:
    """List the orders of one user or of all, newest first, page by page.

    - A user who does not exist has no orders: the list is empty.
    - Walking the pages while others write gives every order that existed throughout exactly once.
    """

    def __init__(self, orders: OrderRepository) -> None:
        self._orders = orders

    async def __call__(self, limit: int, after: Position | None = None, *, user_id: str | None = None) -> Page[Order]:
        return await self._orders.page(limit, after, user_id=user_id)


class ChangeOrderStatus:
    """Say how far an order is.

    - A pending order can be completed; a completed order never goes back to pending.
    - Giving an order the status that it has already changes nothing and is no mistake.
    """

    def __init__(self, orders: OrderRepository) -> None:
        self._orders = orders

    async def __call__(self, order_id: str, *, status: object = MISSING) -> Order:
        """Raises `Invalid`, `OrderNotFound` or `InvalidTransition`."""
        with Check() as check:
            valid_status = check("status", order_status, status)
        if not could_be_id(order_id):
            raise OrderNotFound(order_id)
        return await self._orders.set_status(order_id, valid_status)


class DeleteOrder:
    """Remove an order, whatever its status."""

    def __init__(self, orders: OrderRepository) -> None:
        self._orders = orders

    async def __call__(self, order_id: str) -> None:
        """Raises `OrderNotFound`."""
        if not could_be_id(order_id):
            raise OrderNotFound(order_id)
        await self._orders.delete(order_id)
