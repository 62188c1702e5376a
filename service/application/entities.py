"""What can be done with entities of every kind."""

from dataclasses import dataclass
from typing import ClassVar, Generic

from service.application.ports import Clock, NewId, Page, Position, Repository
from service.domain.entity import Entity, T
from service.domain.validation import could_be_id


class Create(Generic[T]):
    """Create an entity. Each kind has a subclass, whose docstring is its business rules."""

    entity: ClassVar[Entity[T]]

    def __init__(self, repository: Repository[T], clock: Clock, new_id: NewId) -> None:
        self._repository = repository
        self._clock = clock
        self._new_id = new_id

    async def __call__(self, **given: object) -> T:
        """Return the new entity. Raises `Invalid`, or what `Repository.add` raises."""
        entity = self.entity.create(given, self._new_id, self._clock())
        await self._repository.add(entity)
        return entity


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


class Delete(Generic[T]):
    """Delete one entity, by its id.

    - An entity to which others refer is not deleted.
    """

    def __init__(self, entity: Entity[T], repository: Repository[T]) -> None:
        self._entity = entity
        self._repository = repository

    async def __call__(self, id: str) -> None:
        """Raises `NotFound`, or `InUse`."""
        if not could_be_id(id):
            raise self._entity.not_found(id)
        await self._repository.delete(id)


@dataclass(frozen=True, slots=True)
class UseCases(Generic[T]):
    """What can be done with one kind of entity."""

    entity: Entity[T]
    create: Create[T]
    list_page: ListPage[T]
    get: Get[T]
    delete: Delete[T]
