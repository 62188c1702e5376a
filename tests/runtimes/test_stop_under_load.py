"""What clients see of a stop while they go on sending requests."""

import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from loopback.platforms import PLATFORMS
from tests.runtimes.platforms import SERVED, a_shop, migrated
from tests.runtimes.processes import Served, read_all, serving, wait_until

CLIENTS = 8
MORE = 5


@dataclass
class Caller:
    """One client, which holds a connection for as long as the server lets it."""

    number: int
    answered: list[str] = field(default_factory=list)
    users: list[dict[str, Any]] = field(default_factory=list)
    moved_after: int | None = None

    def call(self, client: httpx.Client) -> bool:
        """Create a user; whether the server lets the connection be used again."""
        label = f"{self.number}-{len(self.users)}"
        response = client.post(
            "/api/users",
            json={"name": f"User {label}", "email": f"{label}@example.org"},
            headers={"X-Request-ID": label},
        )
        assert response.status_code == 201, response.text
        self.users.append(response.json())
        self.answered.append(response.headers["x-request-id"])
        return bool(response.headers.get("connection") != "close")

    def call_until_told_to_leave(self, served: Served, successor: Served, stop: Event) -> None:
        with served.client() as client:
            while self.call(client) and not stop.is_set():
                pass
        self.moved_after = len(self.users)
        with successor.client() as client:
            while not stop.is_set():
                self.call(client)

    def call_until_refused(self, served: Served, stop: Event) -> None:
        with served.client() as client, suppress(httpx.TransportError):
            while not stop.is_set():
                self.call(client)


@contextmanager
def _running(pool: ThreadPoolExecutor, calls: list[Future[None]], stop: Event) -> Iterator[None]:
    try:
        yield
    finally:
        stop.set()
        pool.shutdown()
    for call in calls:
        call.result()


@pytest.mark.parametrize("runtime", SERVED)
def test_clients_that_leave_when_they_are_asked_to_lose_nothing(
    runtime: str, tmp_path: Path, aws: dict[str, str]
) -> None:
    shop = a_shop()
    if runtime != "local":
        migrated(tmp_path, PLATFORMS["local"](tmp_path, aws, shop | {"store": "dynamodb"}))
    successor_environ = PLATFORMS[runtime](tmp_path / "successor", aws, shop)
    environ = PLATFORMS[runtime](tmp_path / "first", aws, shop | {"drain_seconds": "500"})
    callers, stop, pool = [Caller(number) for number in range(CLIENTS)], Event(), ThreadPoolExecutor(CLIENTS)
    with serving(tmp_path, **environ) as served, serving(tmp_path, **successor_environ) as successor:
        calls = [pool.submit(caller.call_until_told_to_leave, served, successor, stop) for caller in callers]
        with _running(pool, calls, stop):
            wait_until(lambda: all(len(caller.users) > MORE for caller in callers))
            assert all(caller.moved_after is None for caller in callers)
            served.send(signal.SIGTERM)
            wait_until(lambda: all(caller.moved_after is not None for caller in callers))
            assert served.stop() == 0
            came_to = [len(caller.users) for caller in callers]
            wait_until(lambda: all(len(c.users) > n + MORE for c, n in zip(callers, came_to, strict=True)))
        with successor.client() as client:
            _assert_same(callers, read_all(client, "/api/users"))


@pytest.mark.parametrize("runtime", SERVED)
def test_every_request_that_the_application_took_is_answered_whole(
    runtime: str, tmp_path: Path, aws: dict[str, str]
) -> None:
    environ = migrated(tmp_path, PLATFORMS[runtime](tmp_path / "settings", aws, a_shop(drain_seconds="0.5")))
    callers, stop, pool = [Caller(number) for number in range(CLIENTS)], Event(), ThreadPoolExecutor(CLIENTS)
    with serving(tmp_path, **environ) as served:
        calls = [pool.submit(caller.call_until_refused, served, stop) for caller in callers]
        with _running(pool, calls, stop):
            wait_until(lambda: all(len(caller.users) > MORE for caller in callers))
            assert served.stop() == 0
        taken = {line["request_id"] for line in served.lines if line.get("path") == "/api/users"}
    assert taken == {request_id for caller in callers for request_id in caller.answered}
    with serving(tmp_path, **environ) as served, served.client() as client:
        _assert_same(callers, read_all(client, "/api/users"))


def _assert_same(callers: list[Caller], kept: list[dict[str, Any]]) -> None:
    acknowledged = {user["id"]: user for caller in callers for user in caller.users}
    assert {user["id"]: user for user in kept} == acknowledged
