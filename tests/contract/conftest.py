"""Every store that ships, each opened as its container opens it. A new store is one more row of STORES."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from containers.local import LocalContainer
from loopback.aws import moto
from service.application.ports import OrderRepository, UserRepository

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
    """The repositories of one store, and a way to open them anew over the same data."""

    name: str
    users: UserRepository
    orders: OrderRepository
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
        "USERS_TABLE": f"users-{uuid4()}",
        "ORDERS_TABLE": f"orders-{uuid4()}",
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
        opened.append(Store(request.param, container.user_repository(), container.order_repository(), reopen))
        return opened[-1]

    yield open_store()
    for each in opened:
        run(each.users.close())


@pytest.fixture
def users(store: Store) -> UserRepository:
    return store.users


@pytest.fixture
def orders(store: Store) -> OrderRepository:
    return store.orders
