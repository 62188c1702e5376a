"""Making the tables, for work on a laptop and for tests. A deployment's templates describe the same."""

from collections.abc import Sequence
from typing import Any, Final

EXPIRES_AT: Final = "expires_at"
"""The attribute with the second, since 1970, from which on DynamoDB may remove an item."""

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
    """Create the tables that are missing, and return their names. Then all can be used, and their items can expire."""
    created = []
    for name in names:
        try:
            client.create_table(TableName=name, **TABLE_SCHEMA)
        except client.exceptions.ResourceInUseException:
            continue
        created.append(name)
    for name in names:
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        _let_items_expire(client, name)
    return created


def _let_items_expire(client: Any, name: str) -> None:
    found = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if found.get("TimeToLiveStatus") in {None, "DISABLED"}:
        attribute = {"AttributeName": EXPIRES_AT, "Enabled": True}
        client.update_time_to_live(TableName=name, TimeToLiveSpecification=attribute)
