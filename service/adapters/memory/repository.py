"""Entities in memory."""

from collections.abc import Mapping

from service.adapters.memory.store import Index, MemoryStore
from service.application.ports import Changed, KeyUse, Page, Position, Recorded, Repository
from service.domain.entities import referring_to
from service.domain.entity import Entity, T
from service.domain.errors import InUse


class MemoryRepository(Repository[T]):
    """Stores entities of one kind for as long as the process runs."""

    def __init__(self, entity: Entity[T], store: MemoryStore) -> None:
        self._entity = entity
        self._store = store
        self._table = store.tables[entity.name]

    async def add(self, entity: T, use: KeyUse | None = None) -> Recorded[T] | None:
        with self._store.lock:
            self._table.used_keys.clean(use.at if use else entity.created_at)
            recorded = self._table.used_keys.find(use) if use else None
            if recorded:
                return recorded
            keys = self._entity.unique_keys(entity)
            self._check(entity, keys)
            self._table.entities[entity.id] = entity
            for field, key in keys.items():
                self._table.unique_keys[field].add(key)
            for index in self._indexes(entity):
                index.add(entity)
            if use:
                self._table.used_keys.record(use, entity)
            return None

    async def get(self, id: str) -> T:
        with self._store.lock:
            return self._find(id)

    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[T]:
        with self._store.lock:
            index = self._table.index if owner_id is None else self._table.of_owner.get(owner_id, Index())
            return index.page(self._table.entities, limit, after)

    async def replace(self, before: T, after: T) -> None:
        with self._store.lock:
            if self._find(before.id) != before:
                raise Changed
            old, new = self._entity.unique_keys(before), self._entity.unique_keys(after)
            for field, key in new.items():
                if key != old[field] and key in self._table.unique_keys[field]:
                    raise self._entity.taken(after, field)
            for field, key in new.items():
                self._table.unique_keys[field].remove(old[field])
                self._table.unique_keys[field].add(key)
            self._table.entities[after.id] = after

    async def delete(self, id: str, unchanged: T | None = None) -> None:
        with self._store.lock:
            entity = self._find(id)
            if unchanged is not None and entity != unchanged:
                raise Changed
            for other in referring_to(self._entity.name):
                if self._store.tables[other.name].of_owner.get(id):
                    raise InUse(self._entity.singular, id, other.name)
            del self._table.entities[id]
            for field, key in self._entity.unique_keys(entity).items():
                self._table.unique_keys[field].remove(key)
            for index in self._indexes(entity):
                index.remove(entity)
            self._forget_owner(entity)

    async def ping(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def _find(self, id: str) -> T:
        try:
            found: T = self._table.entities[id]
        except KeyError:
            raise self._entity.not_found(id) from None
        return found

    def _check(self, entity: T, keys: Mapping[str, str]) -> None:
        owner = self._entity.owner
        if owner and self._entity.owner_id(entity) not in self._store.tables[owner.entity.name].entities:
            raise self._entity.unknown_owner(entity)
        if entity.id in self._table.entities:
            raise self._entity.id_taken(entity)
        for field, key in keys.items():
            if key in self._table.unique_keys[field]:
                raise self._entity.taken(entity, field)

    def _indexes(self, entity: T) -> list[Index]:
        """Return the lists that the entity is in: the list of all, and that of its owner."""
        owner_id = self._entity.owner_id(entity)
        return [self._table.index] + ([] if owner_id is None else [self._table.of_owner[owner_id]])

    def _forget_owner(self, entity: T) -> None:
        owner_id = self._entity.owner_id(entity)
        if owner_id is not None and not self._table.of_owner[owner_id]:
            del self._table.of_owner[owner_id]
