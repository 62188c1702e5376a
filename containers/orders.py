"""What orders have beside what every kind of entity has: a page with a choice of users."""

from dependency_injector.providers import Singleton

from containers.entity import EntityContainer
from service.http.pages.orders import OrdersPage


class OrdersContainer(EntityContainer):
    """The use cases, the API and the web page of orders."""

    page = Singleton(
        OrdersPage,
        EntityContainer.use_cases,
        EntityContainer.cursors,
        EntityContainer.site,
        EntityContainer.form_tokens,
        list_users=EntityContainer.list_owners,
    )
