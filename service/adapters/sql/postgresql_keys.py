"""The use of an idempotency key and the entity that it creates, in one statement of PostgreSQL: one round trip less."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Connection, Insert, Table, bindparam, exists, insert, select
from sqlalchemy.dialects import postgresql

from service.adapters.sql.tables import KEYS
from service.domain.rules import Plain


def insert_both(connection: Connection, table: Table, record: Mapping[str, Plain], row: Mapping[str, Plain]) -> bool:
    """Record a use and insert a row, and return whether that was done: not if the key is in use.

    Another use of the same key waits here until the first one is committed or rolled back.
    """
    parameters = {f"key_{name}": value for name, value in record.items()} | {**row}
    return connection.execute(_statement(table), parameters).rowcount == 1


@cache
def _statement(table: Table) -> Insert:
    given = postgresql.insert(KEYS).values(
        {each.name: bindparam(f"key_{each.name}", type_=each.type) for each in KEYS.c}
    )
    replaced = {name: given.excluded[name] for name in ("fingerprint", "entity", "expires_at")}
    record = given.on_conflict_do_update(
        index_elements=[KEYS.c.entities, KEYS.c.key],
        set_=replaced,
        where=KEYS.c.expires_at <= bindparam("key_now", type_=KEYS.c.expires_at.type),
    )
    recorded = record.returning(KEYS.c.key).cte("recorded")
    values = select(*(bindparam(each.name, type_=each.type).label(each.name) for each in table.c))
    return insert(table).from_select([each.name for each in table.c], values.where(exists(select(recorded.c.key))))
