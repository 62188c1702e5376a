"""Data in two DynamoDB tables."""

from collections.abc import Mapping
from typing import Any

from dependency_injector.providers import Callable, Singleton

from containers.aws import aws_client
from containers.stores.slots import StoreSlots
from service.adapters.dynamodb.client import DynamoClient, client_config
from service.adapters.dynamodb.orders import DynamoOrderRepository
from service.adapters.dynamodb.tables import create_tables
from service.adapters.dynamodb.users import DynamoUserRepository
from service.adapters.executors import Executor


def _client(environ: Mapping[str, str], executor: Executor) -> Any:
    return aws_client(environ, "dynamodb", client_config(executor.size))


def _migrate(client: Any, *tables: str | None) -> str:
    """Create the tables that the settings name: a process that serves users only need not know of another."""
    created = create_tables(client, [table for table in tables if table])
    return f"Created: {', '.join(created)}." if created else "The tables are there already."


class DynamodbContainer(StoreSlots):
    """The store `dynamodb`."""

    users_table = StoreSlots.settings.provided.users_table
    orders_table = StoreSlots.settings.provided.orders_table
    client = Singleton(_client, StoreSlots.environ, StoreSlots.executor)
    dynamodb = Singleton(DynamoClient, client, StoreSlots.executor)
    user_repository = Singleton(DynamoUserRepository, dynamodb, users_table)
    order_repository = Singleton(DynamoOrderRepository, dynamodb, orders_table, users_table)
    migrate = Callable(_migrate, client, users_table, orders_table)
