"""The use cases, the API and the web page of one kind of entity."""

from collections.abc import Callable
from typing import Any

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Singleton

from service.application.entities import Create, Delete, Get, ListPage, UseCases
from service.application.ports import Clock, NewId, Repository
from service.application.use_cases import CREATE
from service.domain.entity import Entity
from service.http.entities import EntityApi
from service.http.pages.csrf import FormTokens
from service.http.pages.entities import EntityPage
from service.http.pages.site import Site
from service.http.paging import Cursors


def _create(entity: Entity[Any], repository: Repository[Any], clock: Clock, new_id: NewId) -> Create[Any]:
    return CREATE[entity.name](repository, clock, new_id)


class EntityContainer(DeclarativeContainer):
    """What every kind of entity has. One that has more inherits it, as `OrdersContainer` does."""

    entity: Dependency[Entity[Any]] = Dependency()
    repository: Dependency[Repository[Any]] = Dependency()
    clock: Dependency[Clock] = Dependency()
    new_id: Dependency[NewId] = Dependency()
    cursors: Dependency[Cursors] = Dependency()
    site: Dependency[Site] = Dependency()
    form_tokens: Dependency[FormTokens] = Dependency()
    list_owners: Dependency[Callable[..., Any] | None] = Dependency(default=None)
    """The use case that lists the entities that this kind refers to, if this process serves them."""

    create = Singleton(_create, entity, repository, clock, new_id)
    list_page = Singleton(ListPage, repository)
    get = Singleton(Get, entity, repository)
    delete = Singleton(Delete, entity, repository)
    use_cases = Singleton(UseCases, entity, create, list_page, get, delete)
    api: Singleton[EntityApi[Any]] = Singleton(EntityApi, use_cases, cursors)
    page: Singleton[EntityPage[Any]] = Singleton(EntityPage, use_cases, cursors, site, form_tokens)
