"""The use cases, the API and the web page of one kind of entity."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Singleton

from service.application.changes import Change, Delete
from service.application.entities import Create, Get, ListPage, UseCases
from service.application.ports import Clock, NewId, Repository
from service.application.use_cases import CHANGE, CREATE
from service.domain.entity import Entity
from service.http.entities import EntityApi
from service.http.pages.csrf import FormTokens
from service.http.pages.entities import EntityPage
from service.http.pages.site import Site
from service.http.paging import Cursors
from service.http.versions import tags_of


def _create(entity: Entity[Any], *ports: Any) -> Create[Any]:
    return CREATE[entity.name](*ports)


def _change(entity: Entity[Any], *ports: Any) -> Change[Any] | None:
    return CHANGE[entity.name](*ports) if entity.name in CHANGE else None


class EntityContainer(DeclarativeContainer):
    """What every kind of entity has. One that has more inherits it, as `OrdersContainer` does."""

    entity: Dependency[Entity[Any]] = Dependency()
    repository: Dependency[Repository[Any]] = Dependency()
    clock: Dependency[Clock] = Dependency()
    new_id: Dependency[NewId] = Dependency()
    keys_count_for: Dependency[timedelta] = Dependency()
    cursors: Dependency[Cursors] = Dependency()
    site: Dependency[Site] = Dependency()
    form_tokens: Dependency[FormTokens] = Dependency()
    list_owners: Dependency[Callable[..., Any] | None] = Dependency(default=None)
    """The use case that lists the entities that this kind refers to, if this process serves them."""

    tag = Singleton(tags_of, entity)
    create = Singleton(_create, entity, repository, clock, new_id, keys_count_for)
    list_page = Singleton(ListPage, repository)
    get = Singleton(Get, entity, repository)
    change = Singleton(_change, entity, repository, tag)
    delete = Singleton(Delete, entity, repository, tag)
    use_cases = Singleton(UseCases, entity, create, list_page, get, delete, change)
    api: Singleton[EntityApi[Any]] = Singleton(EntityApi, use_cases, cursors)
    page: Singleton[EntityPage[Any]] = Singleton(EntityPage, use_cases, cursors, site, form_tokens)
