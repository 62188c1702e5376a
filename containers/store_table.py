"""From the setting `store` to a container: the only table of stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store: the path of its container, and the settings without which it cannot work."""

    container: str
    needs: Sequence[str] = ()
    needs_of_entity: Sequence[str] = ()
    """Those that it needs for each entity that is served or referred to, with `{entity}` in place of its name."""
    problems_of_address: str = ""
    """The path of a function that lists what is wrong with `database_url`, where the store has one."""
    workers_io: int = 16
    """The default of the setting of that name."""


STORES: Final[Mapping[str, StoreRow]] = {
    "memory": StoreRow("containers.stores.memory:MemoryContainer"),
    "sqlite": StoreRow(
        "containers.stores.sqlite:SqliteContainer",
        needs=("database_url",),
        problems_of_address="service.adapters.sql.sqlite_url:problems_of_url",
        workers_io=1,  # that reads, beside the one that writes: it is work of this process, and more are in its way
    ),
    "postgresql": StoreRow(
        "containers.stores.postgresql:PostgresqlContainer",
        needs=("database_url",),
        problems_of_address="service.adapters.sql.postgresql_url:problems_of_url",
    ),
    "dynamodb": StoreRow(
        "containers.stores.dynamodb:DynamodbContainer", needs_of_entity=("{entity}_table",), workers_io=32
    ),
}
