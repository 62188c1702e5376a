"""Every store that ships, each opened as its container opens it. A new store is one more row of STORES."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from containers.local import LocalContainer
from containers.runtime import repository_name
from loopback.aws import moto
from service.application.ports import Repository
from service.domain.entities import ENTITIES
from service.domain.entity import Entity
from service.domain.orders import Order
from service.domain.users import User
from tests.examples import an_entity, table_variables

STORES = (
    "memory",
    "sqlite",
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("postgresql", "dynamodb", "dynamodb on moto")),
)

T = TypeVar("T")

_RUNNER = asyncio.Runner()


def run(story: Coroutine[Any, Any, T]) -> T:
    """Run a story on the event loop that all stories share, for connections belong to a loop."""
    return _RUNNER.run(story)


@dataclass
class Store:
    """The repositories of one store, and a way to open them again over the same data."""

    name: str
    repositories: dict[str, Repository[Any]]
    reopen: Callable[[], "Store"] | None


@pytest.fixture(scope="session")
def moto_dynamodb() -> Iterator[dict[str, str]]:
    with moto() as environ:
        yield environ


@pytest.fixture(scope="session", autouse=True)
def _the_loop_ends() -> Iterator[None]:
    yield
    _RUNNER.close()


def lead_to(aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Botocore, which makes the tables, reads these variables itself."""
    for name, value in aws.items():
        monkeypatch.setenv(name, value)
    return aws


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened: list[Store] = []
    store_name, _, emulator = request.param.partition(" on ")
    environ = {
        "STORE": store_name,
        "CURSOR_SECRET": "secret-of-the-contract-suite",
        "DATABASE_URL": f"sqlite:///{tmp_path}/contract.db",
        **table_variables(f"{{}}-{uuid4()}"),
    }
    if emulator == "moto":
        environ |= lead_to(request.getfixturevalue("moto_dynamodb"), monkeypatch)
        environ["WORKERS_IO"] = "1"  # it does one thing at a time, slowly
    elif store_name == "postgresql":
        environ["DATABASE_URL"] = request.getfixturevalue("postgresql_server").create_database()
    elif store_name == "dynamodb":
        environ |= lead_to(request.getfixturevalue("aws"), monkeypatch)

    def open_store() -> Store:
        container: Any = LocalContainer(environ=environ)
        container.migrate()
        reopen = None if request.param == "memory" else open_store
        repositories = {name: getattr(container, repository_name(name))() for name in ENTITIES}
        opened.append(Store(request.param, repositories, reopen))
        return opened[-1]

    yield open_store()
    for each in opened:
        for repository in each.repositories.values():
            run(repository.close())


@pytest.fixture
def users(store: Store) -> Repository[User]:
    return store.repositories["users"]


@pytest.fixture
def orders(store: Store) -> Repository[Order]:
    return store.repositories["orders"]


class Kind:
    """One kind of entity in a store."""

    def __init__(self, entity: Entity[Any], store: Store) -> None:
        self.entity = entity
        self.store = store
        self.repository = store.repositories[entity.name]
        self.owner = Kind(entity.owner.entity, store) if entity.owner else None

    async def add_owner(self) -> dict[str, str]:
        """Add what an entity of this kind has to refer to, and return the field that does so."""
        if self.entity.owner is None or self.owner is None:
            return {}
        return {self.entity.owner.field.name: (await self.owner.add()).id}

    async def make(self, **fields: Any) -> Any:
        """Return an entity that could be added, whose owner has been added."""
        return an_entity(self.entity, **await self.add_owner() | fields)

    async def add(self, **fields: Any) -> Any:
        """Add an entity, and return it."""
        entity = await self.make(**fields)
        await self.repository.add(entity)
        return entity


@pytest.fixture(params=ENTITIES)
def kind(request: pytest.FixtureRequest, store: Store) -> Kind:
    return Kind(ENTITIES[request.param], store)
