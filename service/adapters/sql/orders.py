"""Orders in a SQL database."""

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from service.adapters.sql.database import Database, ForeignKeyViolation, PrimaryKeyViolation
from service.adapters.sql.paging import fetch_page
from service.adapters.sql.tables import orders, users
from service.application.ports import OrderRepository, Page, Position
from service.domain.errors import InvalidTransition, OrderExists, OrderNotFound, UnknownOwner
from service.domain.moments import from_epoch, to_epoch
from service.domain.orders import Order, Status

_INSERT = insert(orders)
_BY_ID = orders.c.id == bindparam("order_id")
_SELECT = select(orders).where(_BY_ID)
_DELETE = delete(orders).where(_BY_ID)
_SET_STATUS = (
    update(orders)
    .where(_BY_ID, orders.c.status.in_(bindparam("sources", expanding=True)))
    .values(status=bindparam("new_status"))
    .returning(orders)
)
_OWNER = select(users.c.id).where(users.c.id == bindparam("user_id"))
_ANY = select(orders).limit(1)  # every column, so that a missing one is noticed


class SqlOrderRepository(OrderRepository):
    """Keeps orders in the table `orders`; its keys and the conditions of its statements keep the promises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, order: Order) -> None:
        row = {
            "id": order.id,
            "user_id": order.user_id,
            "product": order.product,
            "quantity": order.quantity,
            "status": order.status.value,
            "created_at": to_epoch(order.created_at),
        }
        try:
            await self._database.write(lambda connection: connection.execute(_INSERT, row))
        except ForeignKeyViolation:
            raise UnknownOwner(order.user_id) from None
        except PrimaryKeyViolation:
            # The key is judged before the reference, and a missing owner is what counts.
            await self._check_owner(order.user_id)
            raise OrderExists(order.id) from None

    async def get(self, order_id: str) -> Order:
        return _found(order_id, await self._database.read(lambda connection: _select(connection, order_id)))

    async def page(self, limit: int, after: Position | None = None, *, user_id: str | None = None) -> Page[Order]:
        conditions = () if user_id is None else (orders.c.user_id == user_id,)
        return await self._database.read(
            lambda connection: fetch_page(connection, orders, _order, limit, after, *conditions)
        )

    async def set_status(self, order_id: str, status: Status) -> Order:
        parameters = {"order_id": order_id, "sources": sorted(status.sources), "new_status": status.value}

        def work(connection: Connection) -> RowMapping | None:
            changed = connection.execute(_SET_STATUS, parameters).mappings().first()
            if changed is None:
                kept = _select(connection, order_id)
                if kept is not None and Status(kept["status"]) not in status.sources:
                    raise InvalidTransition(order_id, status)
            return changed

        return _found(order_id, await self._database.write(work))

    async def delete(self, order_id: str) -> None:
        def work(connection: Connection) -> int:
            return connection.execute(_DELETE, {"order_id": order_id}).rowcount

        if not await self._database.write(work):
            raise OrderNotFound(order_id)

    async def ping(self) -> None:
        await self._database.ping(_ANY)

    async def close(self) -> None:
        await self._database.close()

    async def _check_owner(self, user_id: str) -> None:
        owner = await self._database.read(lambda connection: connection.execute(_OWNER, {"user_id": user_id}).first())
        if owner is None:
            raise UnknownOwner(user_id)


def _select(connection: Connection, order_id: str) -> RowMapping | None:
    return connection.execute(_SELECT, {"order_id": order_id}).mappings().first()


def _found(order_id: str, row: RowMapping | None) -> Order:
    if row is None:
        raise OrderNotFound(order_id)
    return _order(row)


def _order(row: RowMapping) -> Order:
    return Order(
        id=row["id"],
        user_id=row["user_id"],
        product=row["product"],
        quantity=row["quantity"],
        status=Status(row["status"]),
        created_at=from_epoch(row["created_at"]),
    )
