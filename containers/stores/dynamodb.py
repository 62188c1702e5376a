"""Data in two DynamoDB tables."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from dependency_injector.providers import Callable, Singleton

from containers.aws import aws_client
from containers.stores.slots import StoreSlots
from service.adapters.aws.answers import NotFromAws
from service.adapters.dynamodb.botocore_transport import BotocoreTransport, client_config
from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.orders import DynamoOrderRepository
from service.adapters.dynamodb.tables import create_tables
from service.adapters.dynamodb.users import DynamoUserRepository
from service.adapters.executors import Executor
from service.application.ports import ConfigUnavailable


def _client(environ: Mapping[str, str], executor: Executor) -> Any:
    return aws_client(environ, "dynamodb", client_config(executor.size))


def _migrate(client: Any, *tables: str | None) -> str:
    """Create the tables that the settings name: a process that serves users only need not know of another."""
    named = [table for table in tables if table]
    try:
        created = create_tables(client, named)
    except (BotoCoreError, ClientError, NotFromAws) as error:
        raise ConfigUnavailable(f"The tables {' and '.join(named)} cannot be created: {error}") from error
    return f"Created: {', '.join(created)}." if created else "The tables are there already."


class DynamodbContainer(StoreSlots):
    """The store `dynamodb`."""

    users_table = StoreSlots.settings.provided.users_table
    orders_table = StoreSlots.settings.provided.orders_table
    client = Singleton(_client, StoreSlots.environ, StoreSlots.executor)
    transport = Singleton(BotocoreTransport, client, StoreSlots.executor)
    dynamodb = Singleton(DynamoClient, transport)
    user_repository = Singleton(DynamoUserRepository, dynamodb, users_table)
    order_repository = Singleton(DynamoOrderRepository, dynamodb, orders_table, users_table)
    migrate = Callable(_migrate, client, users_table, orders_table)
