"""Entities in a SQL database."""

from collections.abc import Mapping
from typing import NoReturn, cast

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, delete, false, insert, select, update

from service.adapters.sql.database import Database, ForeignKeyViolation, PrimaryKeyViolation, UniqueViolation
from service.adapters.sql.paging import fetch_page
from service.adapters.sql.tables import KEYS, TABLES, key_column
from service.adapters.sql.used_keys import UsedKeys
from service.application.ports import Changed, KeyUse, Page, Position, Recorded, Repository
from service.domain.entities import referring_to
from service.domain.entity import Entity, T
from service.domain.errors import InUse, Taken
from service.domain.moments import to_epoch
from service.domain.rules import Plain


class SqlRepository(Repository[T]):
    """Stores entities of one kind in the table of their name, whose keys and constraints keep the promises."""

    def __init__(self, entity: Entity[T], database: Database) -> None:
        self._entity = entity
        self._database = database.for_repository(entity.name)
        self._table = table = TABLES[entity.name]
        by_id = table.c.id == bindparam("entity_id")
        self._insert = insert(table)
        self._select = select(table).where(by_id)
        self._delete = delete(table).where(by_id)
        as_it_was = [table.c[field.name] == bindparam(f"old_{field.name}") for field in entity.fields]
        self._replace = update(table).where(*as_it_was)
        self._delete_unchanged = delete(table).where(*as_it_was)
        self._used_keys = UsedKeys(entity)
        # Every column, so that a missing one is noticed.
        self._any = select(table, KEYS).join_from(table, KEYS, false(), isouter=True).limit(1)

    async def add(self, entity: T, use: KeyUse | None = None) -> Recorded[T] | None:
        row = self._row_of(entity)

        def work(connection: Connection) -> Recorded[T] | None:
            recorded = None
            if use:
                recorded = self._used_keys.insert(connection, row, use, entity)
            else:
                connection.execute(self._insert, row)
            self._used_keys.clean(connection, to_epoch(use.at if use else entity.created_at))
            return recorded

        try:
            return await self._database.write(work)
        except ForeignKeyViolation:
            raise self._entity.unknown_owner(entity) from None
        except (PrimaryKeyViolation, UniqueViolation) as violation:
            # Databases check keys before references, and the contract reports a missing owner first.
            await self._check_owner(entity)
            if isinstance(violation, UniqueViolation):
                raise self._taken(entity, violation) from None
            raise self._entity.id_taken(entity) from None

    async def get(self, id: str) -> T:
        return self._found(id, await self._database.read(lambda connection: self._row(connection, id)))

    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[T]:
        owner = self._entity.owner
        conditions = (self._table.c[owner.field.name] == owner_id,) if owner and owner_id is not None else ()
        return await self._database.read(
            lambda connection: fetch_page(connection, self._table, self._entity_of, limit, after, *conditions)
        )

    async def replace(self, before: T, after: T) -> None:
        new = self._row_of(after)

        def work(connection: Connection) -> None:
            if not connection.execute(self._replace, {**self._unchanged(before), **new}).rowcount:
                self._raise_missing_or_changed(connection, before.id)

        try:
            await self._database.write(work)
        except UniqueViolation as violation:
            raise self._taken(after, violation) from None

    async def delete(self, id: str, unchanged: T | None = None) -> None:
        statement = self._delete if unchanged is None else self._delete_unchanged
        parameters = {"entity_id": id} if unchanged is None else self._unchanged(unchanged)

        def work(connection: Connection) -> None:
            if connection.execute(statement, parameters).rowcount:
                return
            if unchanged is None:  # another one may have the id by now
                raise self._entity.not_found(id)
            self._raise_missing_or_changed(connection, id)

        try:
            await self._database.write(work)
        except ForeignKeyViolation:
            raise InUse(self._entity.singular, id, await self._used_by(id)) from None

    async def ping(self) -> None:
        await self._database.ping(self._any)

    async def close(self) -> None:
        await self._database.close()

    def _row_of(self, entity: T) -> dict[str, Plain]:
        keys = {key_column(field): key for field, key in self._entity.unique_keys(entity).items()}
        return {**self._entity.to_plain(entity), **keys}

    def _unchanged(self, entity: T) -> dict[str, Plain]:
        """Return the parameters of the condition that a row still is this entity."""
        return {f"old_{name}": plain for name, plain in self._entity.to_plain(entity).items()}

    def _raise_missing_or_changed(self, connection: Connection, id: str) -> NoReturn:
        if self._row(connection, id) is None:
            raise self._entity.not_found(id)
        raise Changed

    def _row(self, connection: Connection, id: str) -> RowMapping | None:
        return connection.execute(self._select, {"entity_id": id}).mappings().first()

    def _found(self, id: str, row: RowMapping | None) -> T:
        if row is None:
            raise self._entity.not_found(id)
        return self._entity_of(row)

    def _entity_of(self, row: RowMapping) -> T:
        return self._entity.from_plain(cast(Mapping[str, Plain], row))

    async def _check_owner(self, entity: T) -> None:
        owner = self._entity.owner
        if owner and not await self._exists(TABLES[owner.entity.name].c.id == self._entity.owner_id(entity)):
            raise self._entity.unknown_owner(entity)

    def _taken(self, entity: T, violation: UniqueViolation) -> Taken:
        fields = [*self._entity.unique_keys(entity)]
        return self._entity.taken(
            entity, next((each for each in fields if key_column(each) in str(violation)), fields[0])
        )

    async def _used_by(self, id: str) -> str:
        """Return the name of the entities that refer to this one. With only one such kind, no statement is needed."""
        *others, last = referring_to(self._entity.name)
        for other in others:
            if other.owner and await self._exists(TABLES[other.name].c[other.owner.field.name] == id):
                return other.name
        return last.name

    async def _exists(self, condition: ColumnElement[bool]) -> bool:
        statement = select(condition).where(condition).limit(1)
        return await self._database.read(lambda connection: connection.execute(statement).first()) is not None
