"""Data in two DynamoDB tables. botocore is loaded only where the environment does not say what it would look for."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dependency_injector.providers import Callable, Singleton

from containers.stores.slots import StoreSlots
from service.adapters.aws.credential_sources import credentials_of
from service.adapters.aws.credentials import Fetch, RotatingCredentials
from service.adapters.aws.endpoint import EndpointUnusable, endpoint_of
from service.adapters.config.environment import EnvironmentConfig
from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.orders import DynamoOrderRepository
from service.adapters.dynamodb.transport import HttpTransport
from service.adapters.dynamodb.users import DynamoUserRepository
from service.application.ports import ConfigUnavailable


def _transport(environ: Mapping[str, str], connections: int) -> HttpTransport:
    region, ca_file = _region(environ), _ca_file()
    try:
        endpoint = endpoint_of(environ, "dynamodb", region, ca_file)
    except EndpointUnusable as error:
        raise ConfigUnavailable(f"AWS cannot be used for dynamodb: {error}") from error
    fetch = credentials_of(environ, ca_file) or _sdk_credentials()
    return HttpTransport(endpoint, region, RotatingCredentials(fetch), connections)


def _region(environ: Mapping[str, str]) -> str:
    variables = EnvironmentConfig(environ)
    region = variables.get("aws_region") or variables.get("aws_default_region")
    if region is None:
        from containers.aws import aws_session  # noqa: PLC0415  # as the docstring says

        region = aws_session().get_config_variable("region")
    if region is None:
        raise ConfigUnavailable("AWS cannot be used for dynamodb: You must specify a region. Set AWS_REGION.")
    return str(region)


def _ca_file() -> str | None:
    """The certificates that botocore trusts, too: the system may have none, and they need not be the same."""
    botocore = find_spec("botocore")
    return str(Path(botocore.origin).with_name("cacert.pem")) if botocore and botocore.origin else None


def _sdk_credentials() -> Fetch:
    from containers.aws import aws_session  # noqa: PLC0415  # as the docstring says
    from service.adapters.aws.sdk_credentials import sdk_credentials  # noqa: PLC0415

    return sdk_credentials(aws_session())


def _table_client(environ: Mapping[str, str]) -> Any:
    from containers.stores.dynamodb_tables import open_client  # noqa: PLC0415  # as the docstring says

    return open_client(environ)


def _migrate(client: Any, *tables: str | None) -> str:
    from containers.stores.dynamodb_tables import migrate  # noqa: PLC0415  # likewise

    return migrate(client, *tables)


class DynamodbContainer(StoreSlots):
    """The store `dynamodb`."""

    users_table = StoreSlots.settings.provided.users_table
    orders_table = StoreSlots.settings.provided.orders_table
    transport = Singleton(_transport, StoreSlots.environ, StoreSlots.settings.provided.workers_io)
    dynamodb = Singleton(DynamoClient, transport)
    user_repository = Singleton(DynamoUserRepository, dynamodb, users_table)
    order_repository = Singleton(DynamoOrderRepository, dynamodb, orders_table, users_table)
    client = Singleton(_table_client, StoreSlots.environ)
    migrate = Callable(_migrate, client, users_table, orders_table)
