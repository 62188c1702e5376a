"""The same application as the local container's over memory, put together without a container: what that costs."""

from datetime import timedelta
from typing import Any

from litestar import Litestar
from pydantic import SecretStr

from containers.local import LocalSettings
from service import __version__
from service.adapters.memory.repository import MemoryRepository
from service.adapters.memory.store import MemoryStore
from service.adapters.system import new_uuid7, utc_now
from service.application.changes import Delete
from service.application.entities import Get, ListPage, UseCases
from service.application.health import CheckReadiness
from service.application.orders import ChangeOrderStatus, PlaceOrder
from service.application.ports import Repository
from service.application.users import ChangeUser, CreateUser
from service.domain.orders import ORDERS
from service.domain.users import USERS
from service.http.app import create_app
from service.http.entities import EntityApi
from service.http.health import HealthApi
from service.http.pages.csrf import FormTokens
from service.http.pages.entities import EntityPage
from service.http.pages.health import HealthPage
from service.http.pages.orders import OrdersPage
from service.http.pages.overview import OverviewPage
from service.http.pages.pages import Pages
from service.http.pages.schema import SchemaPage
from service.http.pages.site import Site
from service.http.paging import Cursors
from service.http.versions import tags_of


def application(secret: str) -> Litestar:
    """Return the application."""
    settings = LocalSettings(store="memory", cursor_secret=SecretStr(secret))
    store = MemoryStore()
    users, orders = MemoryRepository(USERS, store), MemoryRepository(ORDERS, store)
    list_users, list_orders = ListPage(users), ListPage(orders)
    tag_of_user, tag_of_order, day = tags_of(USERS), tags_of(ORDERS), timedelta(days=1)
    of_users = UseCases(
        USERS,
        CreateUser(users, utc_now, new_uuid7, day),
        list_users,
        Get(USERS, users),
        Delete(USERS, users, tag_of_user),
        ChangeUser(users, tag_of_user),
    )
    of_orders = UseCases(
        ORDERS,
        PlaceOrder(orders, utc_now, new_uuid7, day),
        list_orders,
        Get(ORDERS, orders),
        Delete(ORDERS, orders, tag_of_order),
        ChangeOrderStatus(orders, tag_of_order),
    )
    repositories: dict[str, Repository[Any]] = {"users": users, "orders": orders}
    about = {"runtime": "local", "store": settings.store, "version": __version__}
    cursors, tokens = Cursors(secret), FormTokens(secret, settings.trusted_hops)
    readiness, site = CheckReadiness(repositories), Site(about, settings.services)
    return create_app(
        apis={
            "users": EntityApi(of_users, cursors),
            "orders": EntityApi(of_orders, cursors),
        },
        health=HealthApi(readiness, about),
        pages=Pages(
            overview=OverviewPage({"users": list_users, "orders": list_orders}, site),
            health=HealthPage(readiness, site),
            schema=SchemaPage(site),
            of_entities={
                "users": EntityPage(of_users, cursors, site, tokens),
                "orders": OrdersPage(of_orders, cursors, site, tokens, list_users=list_users),
            },
        ),
        readiness=readiness,
        repositories=repositories,
        trusted_hops=settings.trusted_hops,
        version=__version__,
    )
