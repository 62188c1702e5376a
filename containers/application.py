"""What never varies: the use cases, the APIs, and the application, with slots for what does."""

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
from service.http.paging import Cursors
from service.http.users import UsersApi

T = TypeVar("T")


def _served(services: frozenset[str], **parts: Callable[[], T]) -> dict[str, T]:
    """The parts of the services that this process serves; the others are not even made."""
    return {name: make() for name, make in parts.items() if name in services}


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

    cursors = Singleton(Cursors, settings.provided.cursor_secret.get_secret_value.call())

    users_api = Singleton(
        UsersApi,
        create_user=Singleton(CreateUser, user_repository, clock, new_id),
        list_users=Singleton(ListUsers, user_repository),
        get_user=Singleton(GetUser, user_repository),
        delete_user=Singleton(DeleteUser, user_repository),
        cursors=cursors,
    )
    orders_api = Singleton(
        OrdersApi,
        place_order=Singleton(PlaceOrder, order_repository, clock, new_id),
        list_orders=Singleton(ListOrders, order_repository),
        get_order=Singleton(GetOrder, order_repository),
        change_order_status=Singleton(ChangeOrderStatus, order_repository),
        delete_order=Singleton(DeleteOrder, order_repository),
        cursors=cursors,
    )

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
    health_api = Singleton(HealthApi, readiness, about=CallableProvider(_about, settings, runtime))

    app = Singleton(
        create_app,
        apis=apis,
        health=health_api,
        readiness=readiness,
        repositories=repositories,
        trusted_hops=settings.provided.trusted_hops,
        version=__version__,
    )
