"""Every store that a setting can name, and the seeds."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import get_args

import pytest

from containers.settings import StoreName
from loopback.aws import ministack
from loopback.postgresql import postgresql
from tests.integrity.dynamodb import Dynamodb
from tests.integrity.shop import Shop, open_shop
from tests.integrity.stores import Memory, Postgresql, Sqlite, Store

SEEDS = os.environ.get("INTEGRITY_SEEDS", "1 2").split()


@contextmanager
def _memory(_directory: Path) -> Iterator[Store]:
    yield Memory()


@contextmanager
def _sqlite(directory: Path) -> Iterator[Store]:
    yield Sqlite(directory / "shop.db")


@contextmanager
def _postgresql(directory: Path) -> Iterator[Store]:
    with postgresql(directory / "postgresql") as server:
        yield Postgresql(server.create_database())


@contextmanager
def _dynamodb(directory: Path) -> Iterator[Store]:
    with ministack(directory, "dynamodb") as aws:
        yield Dynamodb(aws)


STORES: dict[str, Callable[[Path], AbstractContextManager[Store]]] = {
    "memory": _memory,
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "dynamodb": _dynamodb,
}


@pytest.fixture(scope="session", params=get_args(StoreName))
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    directory = tmp_path_factory.mktemp(request.param)
    with STORES[request.param](directory) as store, open_shop(store, directory) as shop:
        yield shop


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> str:
    seed: str = request.param
    return seed
