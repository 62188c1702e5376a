"""How each store is made fresh and empty, for as long as a block lasts."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from service.domain.entities import ENTITIES


@dataclass(frozen=True)
class Servers:
    """What runs beside the service: the variables that lead the SDK to AWS, and the URL of a PostgreSQL server."""

    aws: Mapping[str, str]
    postgresql: str = ""


Fresh = Callable[[Servers, Path], AbstractContextManager[Mapping[str, str]]]
"""From the servers and an empty directory to the settings of a store that has no data yet."""


@contextmanager
def _memory(_servers: Servers, _directory: Path) -> Iterator[Mapping[str, str]]:
    yield {}


@contextmanager
def _sqlite(_servers: Servers, directory: Path) -> Iterator[Mapping[str, str]]:
    yield {"database_url": f"sqlite:///{directory}/shop.db"}


@contextmanager
def _postgresql(servers: Servers, _directory: Path) -> Iterator[Mapping[str, str]]:
    name = f"parity_{uuid4().hex}"
    asyncio.run(_execute(servers.postgresql, f'CREATE DATABASE "{name}"'))
    try:
        yield {"database_url": urlsplit(servers.postgresql)._replace(path=f"/{name}").geturl()}
    finally:
        asyncio.run(_execute(servers.postgresql, f'DROP DATABASE "{name}" WITH (FORCE)'))


@contextmanager
def _dynamodb(_servers: Servers, _directory: Path) -> Iterator[Mapping[str, str]]:
    tables = {f"{entity}_table": f"{entity}-{uuid4()}" for entity in ENTITIES}
    yield tables  # they go with the server, at the end of the run


FRESH: Final[Mapping[str, Fresh]] = {
    "memory": _memory,
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "dynamodb": _dynamodb,
}
"""The only table of stores. A new store is one more row."""


SHARED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "dynamodb": lambda container: container.store().client,
}
"""The provider of what a container makes for a store that takes long to make, has no data, and so may be shared."""


async def _execute(url: str, statement: str) -> None:
    import asyncpg  # noqa: PLC0415  # only where that store is compared

    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
