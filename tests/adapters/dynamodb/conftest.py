"""The client, opened as its container opens it, at the endpoint of a script."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from containers.local import LocalContainer
from service.adapters.dynamodb.client import DynamoClient
from service.application.ports import Changed
from service.domain.errors import ServiceError
from tests.adapters.dynamodb.server import BOUND_SECONDS, ScriptedServer, Step
from tests.examples import table_variables

T = TypeVar("T")
TESTING = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
KEY = {"pk": {"S": "user#1"}, "sk": {"S": "user"}}


@dataclass
class Opened:
    """A client and the server that it talks to."""

    server: ScriptedServer
    container: Any = field(repr=False)

    def run(self, story: Callable[[DynamoClient], Awaitable[T]]) -> T:
        """Run a story with the client, and close it."""

        async def bounded() -> T:
            client: DynamoClient = self.container.store().dynamodb()
            try:
                async with asyncio.timeout(BOUND_SECONDS):
                    return await story(client)
            finally:
                await client.close()

        return asyncio.run(bounded())

    def outcome(self, call: Callable[[], Awaitable[object]]) -> type[Exception] | None:
        """The kind of error that a call of a repository raises, if it does."""
        try:
            self.run(lambda _: call())
        except (ServiceError, Changed) as error:
            return type(error)
        return None


Script = Callable[..., Opened]


@pytest.fixture(scope="session")
def _opened() -> Iterator[dict[int, Opened]]:
    """A client for each number of connections, and its server: opening one costs more than a test."""
    opened: dict[int, Opened] = {}
    yield opened
    for each in opened.values():
        each.server.close()


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, _opened: dict[int, Opened]) -> Script:
    """`script(step, ..., connections=1)` returns a client whose server plays the steps, with no connection open."""

    def opened(*steps: Step, connections: int = 1) -> Opened:
        if connections not in _opened:
            _opened[connections] = _open(connections, monkeypatch)
        budget = _opened[connections].container.store().retry_budget()
        for _ in range(100):  # so that the failures of one test leave no mark on the next
            budget.note_call()
        _opened[connections].server.play(*steps)
        return _opened[connections]

    return opened


def _open(connections: int, monkeypatch: pytest.MonkeyPatch) -> Opened:
    return open_at(ScriptedServer.start(), monkeypatch, connections)


def open_at(
    server: ScriptedServer,
    monkeypatch: pytest.MonkeyPatch,
    connections: int = 1,
    credentials: Mapping[str, str] = TESTING,
    variables: Mapping[str, str] = {},  # a mapping that nobody changes
) -> Opened:
    """A client of that server, with credentials in the environment that lead to no other."""
    aws = {"AWS_ENDPOINT_URL": server.url, **credentials, **variables}
    for name, value in aws.items():
        monkeypatch.setenv(name, value)  # for botocore
    settings = {
        **aws,
        "STORE": "dynamodb",
        "CURSOR_SECRET": "the secret of the client's suite",
        **table_variables(),
        "AWS_REGION": "eu-central-1",
        "WORKERS_IO": str(connections),
    }
    container: Any = LocalContainer(environ=settings)
    container.user_repository()
    container.order_repository()
    return Opened(server, container)
