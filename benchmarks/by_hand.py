"""The same application as the local container's over memory, put together without a container: what that costs."""

from litestar import Litestar
from pydantic import SecretStr

from containers.local import LocalSettings
from service import __version__
from service.adapters.memory.orders import MemoryOrderRepository
from service.adapters.memory.store import MemoryStore
from service.adapters.memory.users import MemoryUserRepository
from service.adapters.system import new_uuid7, utc_now
from service.application.health import CheckReadiness
from service.application.orders import ChangeOrderStatus, DeleteOrder, GetOrder, ListOrders, PlaceOrder
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


def application(secret: str) -> Litestar:
    """The application."""
    settings = LocalSettings(store="memory", cursor_secret=SecretStr(secret))
    store = MemoryStore()
    users, orders = MemoryUserRepository(store), MemoryOrderRepository(store)
    create_user, list_users = CreateUser(users, utc_now, new_uuid7), ListUsers(users)
    get_user, delete_user = GetUser(users), DeleteUser(users)
    place_order, list_orders, get_order = PlaceOrder(orders, utc_now, new_uuid7), ListOrders(orders), GetOrder(orders)
    change_status, delete_order = ChangeOrderStatus(orders), DeleteOrder(orders)
    repositories = {"users": users, "orders": orders}
    about = {"runtime": "local", "store": settings.store, "version": __version__}
    cursors, tokens, readiness = (
        Cursors(secret),
        FormTokens(secret, settings.trusted_hops),
        CheckReadiness(repositories),
    )
    site = Site(about, settings.services)
    return create_app(
        apis={
            "users": UsersApi(create_user, list_users, get_user, delete_user, cursors),
            "orders": OrdersApi(place_order, list_orders, get_order, change_status, delete_order, cursors),
        },
        health=HealthApi(readiness, about),
        pages=Pages(
            overview=OverviewPage({"users": list_users, "orders": list_orders}, site),
            health=HealthPage(readiness, site),
            schema=SchemaPage(site),
            of_services={
                "users": UsersPage(create_user, list_users, delete_user, cursors, site, tokens),
                "orders": OrdersPage(
                    place_order, list_orders, change_status, delete_order, cursors, site, tokens, list_users
                ),
            },
        ),
        readiness=readiness,
        repositories=repositories,
        trusted_hops=settings.trusted_hops,
        version=__version__,
    )
