"""What never varies: the use cases, the APIs, the pages, and the application, with slots for what does."""

from collections.abc import Callable
from typing import TypeVar

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Callable as CallableProvider
from dependency_injector.providers import Dependency, Singleton

from containers.settings import Settings
from service import __version__
from service.application.health import CheckReadiness
from service.application.orders import ChangeOrderStatus, DeleteOrder, GetOrder, ListOrders, PlaceOrder
from service.application.ports import Clock, NewId, OrderRepository, UserRepository
from service.application.users import CreateUser, DeleteUser, GetUser, ListUsers
from service.http.app import create_app
from service.http.health import HealthApi
from service.http.orders import OrdersApi
from service.http.pages.csrf import FormTokens
from service.http.pages.health import HealthPage
from service.http.pages.orders import OrdersPage
from service.http.pages.overview import OverviewPage
from service.http.pages.pages import Pages
from service.http.pages.schema import SchemaPage
from service.http.pages.site import Site
from service.http.pages.users import UsersPage
from service.http.paging import Cursors
from service.http.users import UsersApi

T = TypeVar("T")


def _served(services: frozenset[str], **parts: Callable[[], T]) -> dict[str, T]:
    """The parts of the services that this process serves; the others are not even made."""
    return {name: make() for name, make in parts.items() if name in services}


def _if_served(services: frozenset[str], name: str, make: Callable[[], T]) -> T | None:
    """What another service's page uses of this service, if this process serves it."""
    return _served(services, **{name: make}).get(name)


def _about(settings: Settings, runtime: str) -> dict[str, str]:
    return {"runtime": runtime, "store": settings.store, "version": __version__}


class ApplicationContainer(DeclarativeContainer):
    """A runtime's container fills the slots and takes `app`."""

    runtime = Dependency(instance_of=str)
    settings = Dependency(instance_of=Settings)
    user_repository: Dependency[UserRepository] = Dependency()
    order_repository: Dependency[OrderRepository] = Dependency()
    clock: Dependency[Clock] = Dependency()
    new_id: Dependency[NewId] = Dependency()

    cursor_secret = settings.provided.cursor_secret.get_secret_value.call()
    cursors = Singleton(Cursors, cursor_secret)

    create_user = Singleton(CreateUser, user_repository, clock, new_id)
    list_users = Singleton(ListUsers, user_repository)
    get_user = Singleton(GetUser, user_repository)
    delete_user = Singleton(DeleteUser, user_repository)
    users_api = Singleton(UsersApi, create_user, list_users, get_user, delete_user, cursors)

    place_order = Singleton(PlaceOrder, order_repository, clock, new_id)
    list_orders = Singleton(ListOrders, order_repository)
    get_order = Singleton(GetOrder, order_repository)
    change_order_status = Singleton(ChangeOrderStatus, order_repository)
    delete_order = Singleton(DeleteOrder, order_repository)
    orders_api = Singleton(OrdersApi, place_order, list_orders, get_order, change_order_status, delete_order, cursors)

    repositories = CallableProvider(
        _served,
        settings.provided.services,
        users=user_repository.provider,
        orders=order_repository.provider,
    )
    apis = CallableProvider(
        _served,
        settings.provided.services,
        users=users_api.provider,
        orders=orders_api.provider,
    )
    readiness = Singleton(CheckReadiness, repositories)
    about = CallableProvider(_about, settings, runtime)
    health_api = Singleton(HealthApi, readiness, about)

    site = Singleton(Site, about, settings.provided.services)
    form_tokens = Singleton(FormTokens, cursor_secret, settings.provided.trusted_hops)
    users_page = Singleton(UsersPage, create_user, list_users, delete_user, cursors, site, form_tokens)
    orders_page = Singleton(
        OrdersPage,
        place_order,
        list_orders,
        change_order_status,
        delete_order,
        cursors,
        site,
        form_tokens,
        CallableProvider(_if_served, settings.provided.services, "users", list_users.provider),
    )
    pages = Singleton(
        Pages,
        overview=Singleton(
            OverviewPage,
            CallableProvider(
                _served, settings.provided.services, users=list_users.provider, orders=list_orders.provider
            ),
            site,
        ),
        health=Singleton(HealthPage, readiness, site),
        schema=Singleton(SchemaPage, site),
        of_services=CallableProvider(
            _served, settings.provided.services, users=users_page.provider, orders=orders_page.provider
        ),
    )

    app = Singleton(
        create_app,
        apis=apis,
        health=health_api,
        pages=pages,
        readiness=readiness,
        repositories=repositories,
        trusted_hops=settings.provided.trusted_hops,
        version=__version__,
    )
