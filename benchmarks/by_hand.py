"""The same application as the local container's over memory, put together without a container: what that costs."""

from typing import Any

from litestar import Litestar
from pydantic import SecretStr

from containers.local import LocalSettings
from service import __version__
from service.adapters.memory.orders import MemoryOrderRepository
from service.adapters.memory.repository import MemoryRepository
from service.adapters.memory.store import MemoryStore
from service.adapters.system import new_uuid7, utc_now
from service.application.entities import Delete, Get, ListPage, UseCases
from service.application.health import CheckReadiness
from service.application.orders import ChangeOrderStatus, PlaceOrder
from service.application.ports import Repository
from service.application.users import CreateUser
from service.domain.orders import ORDERS
from service.domain.users import USERS
from service.http.app import create_app
from service.http.entities import EntityApi
from service.http.health import HealthApi
from service.http.orders import OrdersApi
from service.http.pages.csrf import FormTokens
from service.http.pages.entities import EntityPage
from service.http.pages.health import HealthPage
from service.http.pages.orders import OrdersPage
from service.http.pages.overview import OverviewPage
from service.http.pages.pages import Pages
from service.http.pages.schema import SchemaPage
from service.http.pages.site import Site
from service.http.paging import Cursors


def application(secret: str) -> Litestar:
    """Return the application."""
    settings = LocalSettings(store="memory", cursor_secret=SecretStr(secret))
    store = MemoryStore()
    users, orders = MemoryRepository(USERS, store), MemoryOrderRepository(store)
    create_user, place_order = CreateUser(users, utc_now, new_uuid7), PlaceOrder(orders, utc_now, new_uuid7)
    list_users, list_orders = ListPage(users), ListPage(orders)
    of_users = UseCases(USERS, create_user, list_users, Get(USERS, users), Delete(USERS, users))
    of_orders = UseCases(ORDERS, place_order, list_orders, Get(ORDERS, orders), Delete(ORDERS, orders))
    change_status = ChangeOrderStatus(orders)
    repositories: dict[str, Repository[Any]] = {"users": users, "orders": orders}
    about = {"runtime": "local", "store": settings.store, "version": __version__}
    cursors, tokens = Cursors(secret), FormTokens(secret, settings.trusted_hops)
    readiness, site = CheckReadiness(repositories), Site(about, settings.services)
    return create_app(
        apis={
            "users": EntityApi(of_users, cursors),
            "orders": OrdersApi(of_orders, cursors, change_status=change_status),
        },
        health=HealthApi(readiness, about),
        pages=Pages(
            overview=OverviewPage({"users": list_users, "orders": list_orders}, site),
            health=HealthPage(readiness, site),
            schema=SchemaPage(site),
            of_entities={
                "users": EntityPage(of_users, cursors, site, tokens),
                "orders": OrdersPage(
                    of_orders, cursors, site, tokens, change_status=change_status, list_users=list_users
                ),
            },
        ),
        readiness=readiness,
        repositories=repositories,
        trusted_hops=settings.trusted_hops,
        version=__version__,
    )
