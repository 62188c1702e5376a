"""Orders in a SQL database."""

from sqlalchemy import Connection, RowMapping, bindparam, update

from service.adapters.sql.database import Database
from service.adapters.sql.repository import SqlRepository
from service.adapters.sql.tables import TABLES
from service.application.ports import OrderRepository
from service.domain.errors import InvalidTransition
from service.domain.orders import ORDERS, Order, Status

_ORDERS = TABLES[ORDERS.name]
_SET_STATUS = (
    update(_ORDERS)
    .where(
        _ORDERS.c.id == bindparam("entity_id"),
        _ORDERS.c.status.in_(bindparam("allowed_from", expanding=True)),
    )
    .values(status=bindparam("new_status"))
    .returning(_ORDERS)
)


class SqlOrderRepository(SqlRepository[Order], OrderRepository):
    """Stores orders in the table `orders`; a condition of the statement decides whether the status may change."""

    def __init__(self, database: Database) -> None:
        super().__init__(ORDERS, database)

    async def set_status(self, order_id: str, status: Status) -> Order:
        parameters = {
            "entity_id": order_id,
            "allowed_from": sorted(status.allowed_from),
            "new_status": status.value,
        }

        def work(connection: Connection) -> RowMapping | None:
            changed = connection.execute(_SET_STATUS, parameters).mappings().first()
            if changed is None:
                found = self._row(connection, order_id)
                if found is not None and Status(found["status"]) not in status.allowed_from:
                    raise InvalidTransition(order_id, status)
            return changed

        return self._found(order_id, await self._database.write(work))
