"""Every store that ships, each opened as its container opens it. A new store is one more row of STORES."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from containers.local import LocalContainer
from service.application.ports import OrderRepository, UserRepository

STORES = ("memory", "sqlite")


@dataclass
class Store:
    """The repositories of one store, and a way to open them anew over the same data."""

    name: str
    users: UserRepository
    orders: OrderRepository
    reopen: Callable[[], "Store"] | None


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened: list[Store] = []

    def open_store() -> Store:
        environ = {
            "STORE": request.param,
            "CURSOR_SECRET": "contract-suite",
            "DATABASE_URL": f"sqlite:///{tmp_path}/contract.db",
        }
        container: Any = LocalContainer(environ=environ)
        reopen = None if request.param == "memory" else open_store
        opened.append(Store(request.param, container.user_repository(), container.order_repository(), reopen))
        return opened[-1]

    yield open_store()
    for each in opened:
        asyncio.run(each.users.close())


@pytest.fixture
def users(store: Store) -> UserRepository:
    return store.users


@pytest.fixture
def orders(store: Store) -> OrderRepository:
    return store.orders
