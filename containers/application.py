"""What never varies: the use cases, the APIs, the web pages, and the application over the repositories."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, cast

from dependency_injector.containers import DeclarativeContainer, DynamicContainer
from dependency_injector.providers import Callable as CallableProvider
from dependency_injector.providers import Dependency, Singleton

from containers.entity import EntityContainer
from containers.orders import OrdersContainer
from containers.settings import Settings
from service import __version__
from service.application.health import CheckReadiness
from service.application.load import Load
from service.application.ports import Clock, NewId, Repository
from service.domain.entities import ENTITIES
from service.http.access import UNRESTRICTED
from service.http.app import create_app
from service.http.health import HealthApi
from service.http.pages.csrf import FormTokens
from service.http.pages.health import HealthPage
from service.http.pages.overview import OverviewPage
from service.http.pages.pages import Pages
from service.http.pages.schema import SchemaPage
from service.http.pages.site import Site
from service.http.paging import Cursors

CONTAINERS: Final[Mapping[str, type[EntityContainer]]] = {"orders": OrdersContainer}
"""The containers of the entities that have more than every kind has."""


def _about(settings: Settings, runtime: str) -> dict[str, str]:
    return {"runtime": runtime, "store": settings.store, "version": __version__}


def _served(services: frozenset[str], repositories: Mapping[str, Callable[[], Repository[Any]]]) -> dict[str, Any]:
    """Return the repositories of the entities that this process serves; the others are not even made."""
    return {name: repositories[name]() for name in ENTITIES if name in services}


def _entities(repositories: Mapping[str, Repository[Any]], **shared: Any) -> dict[str, DynamicContainer]:
    """Return the containers of the entities that this process serves, by name."""
    opened: dict[str, Any] = {}
    for name, repository in repositories.items():
        entity = ENTITIES[name]
        owner = next((opened[owner] for owner in entity.refers_to if owner in opened), None)
        opened[name] = CONTAINERS.get(name, EntityContainer)(
            entity=entity, repository=repository, list_owners=owner.list_page() if owner else None, **shared
        )
    return opened


def _each(part: str, entities: Mapping[str, DynamicContainer]) -> dict[str, Any]:
    """Return one part of each entity's container: `api`, `page` or `list_page`."""
    return {name: getattr(container, part)() for name, container in entities.items()}


def _admission(settings: Settings, load: Load) -> Any:
    """Return the admission control of a server, unless it is switched off."""
    if not settings.serves_many or settings.requests_max == 0:
        return None
    from service.http.middleware.admission import Admission  # noqa: PLC0415  # a function does not load it
    from service.http.middleware.limit import Limit  # noqa: PLC0415

    return Admission(load, Limit(settings.requests_max, settings.workers_io))


def _secrets(settings: Settings) -> list[str]:
    """Return the present secret, and the one before it, if any."""
    found = (settings.cursor_secret, settings.cursor_secret_previous)
    return [secret.get_secret_value() for secret in found if secret]


def _hours(number: int) -> timedelta:
    return timedelta(hours=number)


def _cursors(secrets: Sequence[str]) -> Cursors:
    return Cursors(*secrets)


def _form_tokens(settings: Settings, secrets: Sequence[str]) -> FormTokens:
    present, *previous = secrets
    return FormTokens(present, settings.trusted_hops, *previous)


def _open_authentication(settings: Settings, secrets: Sequence[str]) -> DynamicContainer | None:
    """Return the container of authentication, unless it is off."""
    if settings.auth == "none":
        return None
    from containers.authentication import AuthenticationContainer  # noqa: PLC0415  # not loaded where it is off

    return cast(DynamicContainer, AuthenticationContainer(settings=settings, secrets=secrets))


def _site(about: Mapping[str, str], settings: Settings, opened: DynamicContainer | None) -> Site:
    return Site(about, settings.services, opened.access() if opened else UNRESTRICTED)


def _authentication(opened: DynamicContainer | None, site: Site) -> Any:
    return opened.authentication(site) if opened else None


class ApplicationContainer(DeclarativeContainer):
    """A runtime's container gives it what differs, and takes `app`."""

    runtime = Dependency(instance_of=str)
    settings = Dependency(instance_of=Settings)
    all_repositories: Dependency[Mapping[str, Callable[[], Repository[Any]]]] = Dependency()
    """What gives the repository of each entity, by the entity's name."""
    clock: Dependency[Clock] = Dependency()
    new_id: Dependency[NewId] = Dependency()
    load = Dependency(instance_of=Load)

    about = CallableProvider(_about, settings, runtime)
    secrets = Singleton(_secrets, settings)
    cursors = Singleton(_cursors, secrets)
    opened_authentication = Singleton(_open_authentication, settings, secrets)
    site = Singleton(_site, about, settings, opened_authentication)
    authentication = Singleton(_authentication, opened_authentication, site)
    form_tokens = Singleton(_form_tokens, settings, secrets)

    keys_count_for = CallableProvider(_hours, settings.provided.idempotency_hours)
    repositories = Singleton(_served, settings.provided.services, all_repositories)
    entities = Singleton(
        _entities,
        repositories,
        clock=clock,
        new_id=new_id,
        keys_count_for=keys_count_for,
        cursors=cursors,
        site=site,
        form_tokens=form_tokens,
    )
    readiness = Singleton(CheckReadiness, repositories)
    health_api = Singleton(HealthApi, readiness, about)
    apis = Singleton(_each, "api", entities)
    pages = Singleton(
        Pages,
        overview=Singleton(OverviewPage, Singleton(_each, "list_page", entities), site),
        health=Singleton(HealthPage, readiness, site),
        schema=Singleton(SchemaPage, site),
        of_entities=Singleton(_each, "page", entities),
    )

    admission = Singleton(_admission, settings, load)
    app = Singleton(
        create_app,
        apis=apis,
        health=health_api,
        pages=pages,
        readiness=readiness,
        repositories=repositories,
        trusted_hops=settings.provided.trusted_hops,
        version=__version__,
        admission=admission,
        authentication=authentication,
    )
