"""From the setting `store` to a container: the only table of stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store: the path of its container, and the settings without which it cannot work."""

    container: str
    needs: Sequence[str] = ()
    address: str = ""
    """What `database_url` must look like, as a regular expression, where it has one."""
    address_in_words: str = ""
    problems_of_address: str = ""
    """The path of a function that lists what is wrong with `database_url`, where a regular expression cannot say."""
    workers_io: int = 16
    """The default of the setting of that name."""


STORES: Final[Mapping[str, StoreRow]] = {
    "memory": StoreRow("containers.stores.memory:MemoryContainer"),
    "sqlite": StoreRow(
        "containers.stores.sqlite:SqliteContainer",
        needs=("database_url",),
        address=r"sqlite:///(?!:memory:)[^?]+",
        address_in_words="sqlite:///, then a file's path, without options",
        workers_io=1,  # that reads, beside the one that writes: it is work of this process, and more are in its way
    ),
    "postgresql": StoreRow(
        "containers.stores.postgresql:PostgresqlContainer",
        needs=("database_url",),
        problems_of_address="service.adapters.sql.postgresql_url:problems_of_url",
    ),
    "dynamodb": StoreRow("containers.stores.dynamodb:DynamodbContainer", needs=("users_table", "orders_table")),
}
