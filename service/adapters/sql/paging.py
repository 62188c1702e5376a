"""Pages of a table by key, not by offset: a page costs the same wherever it begins."""

from collections.abc import Callable

from sqlalchemy import BigInteger, ColumnElement, Connection, RowMapping, Table, literal, select, tuple_

from service.application.ports import Page, Position
from service.domain.entity import T
from service.domain.moments import to_epoch


def fetch_page(
    connection: Connection,
    table: Table,
    to_entity: Callable[[RowMapping], T],
    limit: int,
    after: Position | None,
    *conditions: ColumnElement[bool],
) -> Page[T]:
    """The rows that come after a position, newest first, and whether there are more."""
    newest_first = table.c.created_at.desc(), table.c.id.desc()
    statement = select(table).where(*conditions).order_by(*newest_first).limit(limit + 1)
    if after is not None:
        key = tuple_(table.c.created_at, table.c.id)
        statement = statement.where(key < tuple_(literal(to_epoch(after.created_at), BigInteger), literal(after.id)))
    rows = connection.execute(statement).mappings().all()
    return Page([to_entity(row) for row in rows[:limit]], has_more=len(rows) > limit)
