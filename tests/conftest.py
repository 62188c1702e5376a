"""Servers that many tests share: each test has databases, tables and parameters of its own in them."""

from collections.abc import Iterator

import pytest

from loopback.aws import ministack
from loopback.postgresql import Postgresql, postgresql


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """DynamoDB and Systems Manager on loopback; the variables that lead the SDK there."""
    with ministack(tmp_path_factory.mktemp("aws"), "dynamodb,ssm") as environ:
        yield environ


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Postgresql]:
    """A PostgreSQL server that nobody kills."""
    with postgresql() as server:
        yield server
