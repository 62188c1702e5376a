"""One server for the tests of a module, and a database for each test."""

from collections.abc import Iterator

import pytest

from loopback.postgresql import Postgresql, postgresql


@pytest.fixture(scope="module")
def server() -> Iterator[Postgresql]:
    with postgresql() as server:
        yield server


@pytest.fixture
def url(server: Postgresql) -> str:
    return server.create_database()
