"""Data in DynamoDB, in a table for each entity.

botocore is loaded only where the environment does not say what botocore would look for.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dependency_injector.providers import Callable, Singleton

from containers.settings import Settings
from containers.stores.inputs import StoreInputs, repositories
from service.adapters.aws.credential_sources import credentials_of
from service.adapters.aws.credentials import Fetch, RotatingCredentials
from service.adapters.aws.endpoint import EndpointUnusable, endpoint_of
from service.adapters.config.environment import EnvironmentConfig
from service.adapters.dynamodb.client import DynamoClient
from service.adapters.dynamodb.repository import DynamoRepository
from service.adapters.dynamodb.transport import HttpTransport
from service.application.ports import ConfigUnavailable


def _transport(environ: Mapping[str, str]) -> HttpTransport:
    region, ca_file = _region(environ), _ca_file()
    try:
        endpoint = endpoint_of(environ, "dynamodb", region, ca_file)
    except EndpointUnusable as error:
        raise ConfigUnavailable(f"AWS cannot be used for dynamodb: {error}") from error
    fetch = credentials_of(environ, ca_file) or _sdk_credentials()
    return HttpTransport(endpoint, region, RotatingCredentials(fetch))


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


def _migrate(client: Any, tables: Mapping[str, str]) -> str:
    from containers.stores.dynamodb_tables import migrate  # noqa: PLC0415  # likewise

    return migrate(client, [*tables.values()])


class DynamodbContainer(StoreInputs):
    """The store `dynamodb`."""

    tables = Callable(Settings.tables, StoreInputs.settings)
    transport = Singleton(_transport, StoreInputs.environ)
    dynamodb = Singleton(DynamoClient, transport, StoreInputs.shares, StoreInputs.retry_budget)
    repositories = repositories(DynamoRepository, dynamodb, tables)
    client = Singleton(_table_client, StoreInputs.environ)
    migrate = Callable(_migrate, client, tables)
