"""Servers that many tests share: each test has databases, tables and parameters of its own in them."""

import signal
from collections.abc import Iterator

import pytest

from loopback.aws import ministack
from loopback.postgresql import Postgresql, postgresql

# What a shell starts in the background ignores SIGINT, and so would the commands that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


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
