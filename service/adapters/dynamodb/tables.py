"""Making the tables, for work on a laptop and for tests. A deployment's templates describe the same."""

from collections.abc import Sequence
from typing import Any, Final

TABLE_SCHEMA: Final[dict[str, Any]] = {
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
"""The parameters of `create_table` for each table, except its name."""


def create_tables(client: Any, names: Sequence[str]) -> list[str]:
    """Create those of the tables that are missing, wait until they can be used, and return their names."""
    created = []
    for name in names:
        try:
            client.create_table(TableName=name, **TABLE_SCHEMA)
        except client.exceptions.ResourceInUseException:
            continue
        created.append(name)
    for name in names:
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return created
