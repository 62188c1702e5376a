"""Every store that a setting can name, and the seeds."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from containers.store_table import STORES
from tests.integrity.dynamodb import Dynamodb
from tests.integrity.shop import Shop, open_shop
from tests.integrity.stores import Memory, Postgresql, Sqlite, Store

SEEDS = os.environ.get("INTEGRITY_SEEDS", "1").split()

NEW_STORE: dict[str, Callable[[pytest.FixtureRequest, Path], Store]] = {
    "memory": lambda _, __: Memory(),
    "sqlite": lambda _, directory: Sqlite(directory / "shop.db"),
    "postgresql": lambda request, _: Postgresql(request.getfixturevalue("postgresql_server").create_database()),
    "dynamodb": lambda request, _: Dynamodb(request.getfixturevalue("aws")),
}


@pytest.fixture(scope="session", params=STORES)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    directory = tmp_path_factory.mktemp(request.param)
    with open_shop(NEW_STORE[request.param](request, directory), directory) as opened:
        yield opened


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> str:
    seed: str = request.param
    return seed


@pytest.fixture
def replay(seed: str, request: pytest.FixtureRequest) -> str:
    """How to run the test again as it was."""
    return f"To replay: INTEGRITY_SEEDS={seed} .venv/bin/pytest '{request.node.nodeid}'"
