"""The tables, one for each entity, as its fields say.

Moments are whole milliseconds since 1970: exact, small, and ordered as numbers in every database.
"""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeEngine

from service.domain.entities import ENTITIES
from service.domain.entity import Entity
from service.domain.fields import Field
from service.domain.rules import Moment, WholeNumber

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = Text().with_variant(Text(collation="C"), "postgresql")
"""Ids are ordered by their bytes, whatever language a database was made for."""

_LARGEST_INTEGER: Final = 2**31 - 1


def key_column(field: str) -> str:
    """Return the name of the column that holds the key of a unique field."""
    return f"{field}_key"


def _type_of(field: Field) -> TypeEngine[Any]:
    match field.rule:
        case Moment():
            return BigInteger()
        case WholeNumber(maximum=maximum):
            return Integer() if maximum <= _LARGEST_INTEGER else BigInteger()
    return Id if field.name == "id" or field.reference else Text()


def _columns(entity: Entity[Any]) -> Iterator[Column[Any]]:
    for field in entity.fields:
        reference = [ForeignKey(f"{field.reference.to.name}.id")] if field.reference else []
        yield Column(field.name, _type_of(field), *reference, primary_key=field.name == "id", nullable=False)
        if field.unique:
            yield Column(key_column(field.name), Text, nullable=False, unique=True)


def _table(entity: Entity[Any]) -> Table:
    order = "created_at", "id"
    lists = [Index(None, *order)] + ([Index(None, entity.owner.field.name, *order)] if entity.owner else [])
    return Table(entity.name, metadata, *_columns(entity), *lists)


KEYS: Final = Table(
    "idempotency_keys",
    metadata,
    Column("entities", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index(None, "expires_at"),
    sqlite_with_rowid=False,
)
"""What the uses of idempotency keys recorded: the name of the entities, and the entity as JSON."""

TABLES: Final = {name: _table(entity) for name, entity in ENTITIES.items()}
"""By the names of the entities."""
