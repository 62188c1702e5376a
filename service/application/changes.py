"""Changing and deleting entities, where the caller may say which versions of them they have seen."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import ClassVar, Generic

from service.application.deadline import STORE_SECONDS, seconds_left
from service.application.ports import Changed, Repository, Tag
from service.domain.entity import Entity, T
from service.domain.errors import PreconditionFailed, ServiceError, StoreUnavailable
from service.domain.validation import could_be_id

Seen = Collection[str] | None
"""The tags of the versions that a caller has seen; None: any version will do."""


class _Versions(Generic[T]):
    """Compares what is stored with what a caller has seen."""

    def __init__(self, entity: Entity[T], repository: Repository[T], tag: Tag[T]) -> None:
        self._entity = entity
        self._repository = repository
        self._tag = tag

    async def read(self, id: str, seen: Seen) -> T:
        """Return the entity. Raises `NotFound`, or `PreconditionFailed` if the caller has not seen this version."""
        found = await self._repository.get(id)
        if seen is not None and self._tag(found) not in seen:
            raise PreconditionFailed(self._entity.singular, id)
        return found


class Change(Generic[T]):
    """Change an entity. Each kind that can be changed has a subclass, whose docstring is its business rules."""

    entity: ClassVar[Entity[T]]
    fields: ClassVar[tuple[str, ...]]
    """The fields that may change: a single one has to be sent, of several at least one.

    They never say where the entity is in lists, nor what it refers to.
    """

    refusals: ClassVar[tuple[type[ServiceError], ...]] = ()
    """What `allow` raises."""

    def __init__(self, repository: Repository[T], tag: Tag[T]) -> None:
        self._repository = repository
        self._versions = _Versions(self.entity, repository, tag)

    def check(self, given: Mapping[str, object]) -> Mapping[str, object]:
        """Return the valid values of the fields that were sent. Raises `Invalid` with every violation."""
        return self.entity.check_changes(given, self.fields)

    def allow(self, before: T, after: T) -> None:
        """Raise the error of a change that is not allowed, whatever the caller has seen."""

    async def __call__(self, id: str, seen: Seen = None, /, **given: object) -> T:
        """Return the entity as it then is.

        Raises `Invalid`, `NotFound`, `PreconditionFailed`, what `allow` raises, or `Taken`.
        """
        values = self.check(given)
        if not could_be_id(id):
            raise self.entity.not_found(id)
        while seconds_left(STORE_SECONDS):
            before = await self._versions.read(id, seen)
            after = replace(before, **values)  # type: ignore[type-var]  # entities are dataclasses
            self.allow(before, after)
            if after == before:
                return before
            try:
                await self._repository.replace(before, after)
            except Changed:
                continue
            return after
        raise StoreUnavailable from TimeoutError(f"Others changed the {self.entity.singular} again and again.")


class Delete(Generic[T]):
    """Delete one entity, by its id.

    - An entity to which others refer is not deleted.
    """

    def __init__(self, entity: Entity[T], repository: Repository[T], tag: Tag[T]) -> None:
        self._entity = entity
        self._repository = repository
        self._versions = _Versions(entity, repository, tag)

    async def __call__(self, id: str, seen: Seen = None, /) -> None:
        """Raises `NotFound`, `PreconditionFailed` or `InUse`."""
        if not could_be_id(id):
            raise self._entity.not_found(id)
        if seen is None:
            await self._repository.delete(id)
            return
        while seconds_left(STORE_SECONDS):
            found = await self._versions.read(id, seen)
            try:
                await self._repository.delete(id, found)
            except Changed:
                continue
            return
        raise StoreUnavailable from TimeoutError(f"Others changed the {self._entity.singular} again and again.")
