"""The uses of idempotency keys in a SQL database."""

import json
from collections.abc import Mapping
from itertools import count
from typing import Final, Generic

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_

from service.adapters.sql.tables import KEYS, TABLES
from service.application.ports import KeyUse, Recorded
from service.domain.entity import Entity, T
from service.domain.moments import to_epoch
from service.domain.rules import Plain

CLEANS_EVERY: Final = 16
"""One of so many additions also removes records that have expired."""
CLEANS_AT_MOST: Final = 64

# For SQLite, which has one writer. An expired record counts as none. The driver gets it as it is: SQLAlchemy would take
# longer for it than SQLite.
_RECORD: Final = (
    "INSERT INTO idempotency_keys (entities, key, fingerprint, entity, expires_at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (entities, key) DO UPDATE SET"
    " fingerprint = excluded.fingerprint, entity = excluded.entity, expires_at = excluded.expires_at"
    " WHERE idempotency_keys.expires_at <= ?"
)
_FIND: Final = select(KEYS.c.fingerprint, KEYS.c.entity).where(
    KEYS.c.entities == bindparam("entities"), KEYS.c.key == bindparam("key")
)
_EXPIRED: Final = (
    select(KEYS.c.entities, KEYS.c.key)
    .where(KEYS.c.expires_at <= bindparam("now"))
    .limit(CLEANS_AT_MOST)
    .with_for_update(skip_locked=True)  # whoever uses one of them waits for nobody, and nobody for them
)
_CLEAN: Final = delete(KEYS).where(tuple_(KEYS.c.entities, KEYS.c.key).in_(_EXPIRED))


class UsedKeys(Generic[T]):
    """Records the uses of keys for entities of one kind, inside the transactions that create these."""

    def __init__(self, entity: Entity[T]) -> None:
        self._entity = entity
        self._table = TABLES[entity.name]
        self._insert = insert(self._table)
        self._additions = count()

    def insert(self, connection: Connection, row: Mapping[str, Plain], use: KeyUse, entity: T) -> Recorded[T] | None:
        """Record a use and insert the entity's row, or return what an earlier use of the same key recorded."""
        record: dict[str, Plain] = {
            "entities": self._entity.name,
            "key": use.key,
            "fingerprint": use.fingerprint,
            "entity": json.dumps(self._entity.to_plain(entity)),
            "expires_at": to_epoch(use.expires_at),
            "now": to_epoch(use.at),
        }
        if self._insert_both(connection, record, row):
            return None
        found = connection.execute(_FIND, {"entities": self._entity.name, "key": use.key}).one()
        plain = self._entity.plain_defaults | json.loads(found.entity)
        return Recorded(found.fingerprint, self._entity.from_plain(plain))

    def _insert_both(self, connection: Connection, record: Mapping[str, Plain], row: Mapping[str, Plain]) -> bool:
        if connection.dialect.name == "postgresql":
            from service.adapters.sql.postgresql_keys import insert_both  # noqa: PLC0415  # for PostgreSQL alone

            return insert_both(connection, self._table, record, row)
        if not connection.exec_driver_sql(_RECORD, (*record.values(),)).rowcount:
            return False
        connection.execute(self._insert, row)
        return True

    def clean(self, connection: Connection, now: int) -> None:
        """Remove some of the records that have expired, of every kind, if it is the turn of this addition."""
        if next(self._additions) % CLEANS_EVERY == 0:
            connection.execute(_CLEAN, {"now": now})
