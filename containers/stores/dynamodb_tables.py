"""How the tables of the store `dynamodb` are made: through botocore, by the command that does so and nobody else."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from containers.aws import aws_client
from service.adapters.aws.answers import NotFromAws
from service.adapters.dynamodb.tables import create_tables
from service.application.ports import ConfigUnavailable

_CONFIG: Final = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})


def open_client(environ: Mapping[str, str]) -> Any:
    """Botocore's client."""
    return aws_client(environ, "dynamodb", _CONFIG)


def migrate(client: Any, tables: Sequence[str]) -> str:
    """Create the tables that the settings name: a process that serves users only need not know of another."""
    try:
        created = create_tables(client, tables)
    except (BotoCoreError, ClientError, NotFromAws) as error:
        raise ConfigUnavailable(f"The tables {' and '.join(tables)} cannot be created: {error}") from error
    return f"Created: {', '.join(created)}." if created else "The tables are there already."
