"""What orders have beside what every kind of entity has: the change of a status."""

from dependency_injector.providers import Singleton

from containers.entity import EntityContainer
from service.application.orders import ChangeOrderStatus
from service.http.orders import OrdersApi
from service.http.pages.orders import OrdersPage


class OrdersContainer(EntityContainer):
    """The use cases, the API and the web page of orders."""

    change_status = Singleton(ChangeOrderStatus, EntityContainer.repository)
    api = Singleton(OrdersApi, EntityContainer.use_cases, EntityContainer.cursors, change_status=change_status)
    page = Singleton(
        OrdersPage,
        EntityContainer.use_cases,
        EntityContainer.cursors,
        EntityContainer.site,
        EntityContainer.form_tokens,
        change_status=change_status,
        list_users=EntityContainer.list_owners,
    )
