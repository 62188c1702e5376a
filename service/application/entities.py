"""What can be done with entities of every kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Generic, NamedTuple

from service.application.changes import Change, Delete
from service.application.ports import Clock, KeyUse, NewId, Page, Position, Repository
from service.domain.entity import Entity, T
from service.domain.errors import KeyReused
from service.domain.validation import could_be_id


class Created(NamedTuple, Generic[T]):
    """The answer to a creation."""

    entity: T
    """The entity as it was when it was created."""
    replayed: bool
    """Whether an earlier request with the same idempotency key created it."""


class Create(Generic[T]):
    """Create an entity. Each kind has a subclass, whose docstring is its business rules."""

    entity: ClassVar[Entity[T]]

    def __init__(self, repository: Repository[T], clock: Clock, new_id: NewId, keys_count_for: timedelta) -> None:
        """`keys_count_for`: how long after its use an idempotency key says that a request is the same one again."""
        self._repository = repository
        self._clock = clock
        self._new_id = new_id
        self._keys_count_for = keys_count_for

    def check(self, given: Mapping[str, object]) -> dict[str, object]:
        """Return the valid values of the new entity. Raises `Invalid` with every violation."""
        return self.entity.check(given)

    async def __call__(self, key: str | None = None, /, **given: object) -> Created[T]:
        """Return the new entity, or that which the first request with the same idempotency key created.

        `key` names the key of one caller. Raises `Invalid`, `KeyReused`, or what `Repository.add` raises; after any
        error the key is still free.
        """
        values = self.check(given)
        now = self._clock()
        entity = self.entity.create(values, self._new_id, now)
        if key is None:
            await self._repository.add(entity)
            return Created(entity, replayed=False)
        expires_at = now.replace(microsecond=0) + self._keys_count_for
        use = KeyUse(key, self.entity.fingerprint(values), now, expires_at)
        recorded = await self._repository.add(entity, use)
        if recorded is None:
            return Created(entity, replayed=False)
        if recorded.fingerprint != use.fingerprint:
            raise KeyReused(self.entity.singular)
        return Created(recorded.entity, replayed=True)


class Get(Generic[T]):
    """Return one entity, by its id."""

    def __init__(self, entity: Entity[T], repository: Repository[T]) -> None:
        self._entity = entity
        self._repository = repository

    async def __call__(self, id: str) -> T:
        """Return the entity. Raises `NotFound`."""
        if not could_be_id(id):
            raise self._entity.not_found(id)
        return await self._repository.get(id)


class ListPage(Generic[T]):
    """Return a page of a list: all entities of a kind, or those that refer to one owner.

    - The newest come first.
    - An owner that does not exist has none: the list is empty.
    - Reading page after page while others write returns every entity that existed throughout exactly once.
    """

    def __init__(self, repository: Repository[T]) -> None:
        self._repository = repository

    async def __call__(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[T]:
        return await self._repository.page(limit, after, owner_id=owner_id)


@dataclass(frozen=True, slots=True)
class UseCases(Generic[T]):
    """What can be done with one kind of entity."""

    entity: Entity[T]
    create: Create[T]
    list_page: ListPage[T]
    get: Get[T]
    delete: Delete[T]
    change: Change[T] | None
    """None: entities of this kind do not change."""
