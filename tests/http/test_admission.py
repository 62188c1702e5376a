"""More requests than a process can answer in time are refused at once, and health never is."""

import asyncio
from collections.abc import Iterator
from time import monotonic
from typing import Any

import httpx
import pytest
from dependency_injector.providers import Object
from structlog.testing import capture_logs

from service.adapters.memory.store import MemoryStore
from service.application.load import Load
from service.application.ports import KeyUse, Page, Position, Recorded
from service.domain.users import User
from service.http.middleware.admission import Admission
from service.http.middleware.deadline import ARRIVED
from service.http.middleware.limit import Limit
from tests.http.conftest import a_container, assert_problem, client_of
from tests.memory import MemoryUserRepository


class StuckUsers(MemoryUserRepository):
    """Answers when the test allows it."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())
        self.go_on = asyncio.Event()
        self.asked = 0

    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[User]:
        self.asked += 1
        await self.go_on.wait()
        return await super().page(limit, after, owner_id=owner_id)

    async def add(self, entity: User, use: KeyUse | None = None) -> Recorded[User] | None:
        self.asked += 1
        await self.go_on.wait()
        return await super().add(entity, use)


def serving(users: StuckUsers, **environ: str) -> Any:
    container = a_container(**environ)
    container.user_repository.override(Object(users))
    return container


async def ask(client: httpx.AsyncClient, users: StuckUsers, number: int, asked: int) -> list[asyncio.Task[Any]]:
    """Send so many requests that wait, until so many have been asked for."""
    tasks = [asyncio.create_task(client.get("/api/users")) for _ in range(number)]
    async with asyncio.timeout(10):
        while users.asked < asked:  # noqa: ASYNC110  # no event says how many
            await asyncio.sleep(0)
    return tasks


def test_the_surplus_is_refused_at_once_and_what_was_accepted_is_answered() -> None:
    async def story() -> None:
        users = StuckUsers()
        async with client_of(serving(users, REQUESTS_MAX="3")) as client:
            tasks = await ask(client, users, 3, 3)
            refused = await client.get("/api/users", headers={"x-request-id": "mine"})
            problem = assert_problem(refused, 503, "overloaded")
            assert problem["title"] == "The process has too many requests"
            assert problem["instance"] == "urn:request:mine"
            assert refused.headers["retry-after"] == "1"
            assert refused.headers["cache-control"] == "no-store"
            users.go_on.set()
            assert [response.status_code for response in await asyncio.gather(*tasks)] == [200] * 3
            assert (await client.get("/api/users")).status_code == 200

    asyncio.run(story())


def test_health_is_never_refused() -> None:
    async def story() -> None:
        users = StuckUsers()
        async with client_of(serving(users, REQUESTS_MAX="1")) as client:
            tasks = await ask(client, users, 1, 1)
            for path in ("/api/health", "/api/health/live", "/api/health/ready", "/health"):
                assert (await client.get(path)).status_code == 200
            assert (await client.get("/nowhere")).status_code == 503
            users.go_on.set()
            await asyncio.gather(*tasks)

    asyncio.run(story())


@pytest.mark.parametrize(("environ", "accepted"), [({}, 300), ({"REQUESTS_MAX": "0"}, 500)])
def test_concurrency_alone_is_no_overload(environ: dict[str, str], accepted: int) -> None:
    async def story() -> None:
        users = StuckUsers()
        async with client_of(serving(users, **environ)) as client:
            tasks = await ask(client, users, accepted, accepted)
            users.go_on.set()
            responses = await asyncio.gather(*tasks)
            assert {response.status_code for response in responses} == {200}

    asyncio.run(story())


def test_a_body_that_has_not_arrived_is_nobodys_work() -> None:
    async def story() -> None:
        users = StuckUsers()
        users.go_on.set()
        arrives = asyncio.Event()

        async def slowly() -> Any:
            yield b'{"name": "Ada", '
            await arrives.wait()
            yield b'"email": "ada@example.com"}'

        async with client_of(serving(users, REQUESTS_MAX="1")) as client:
            body = {"content": slowly(), "headers": {"content-type": "application/json"}}
            slow = asyncio.create_task(client.post("/api/users", **body))
            for _ in range(20):
                await asyncio.sleep(0)
            assert (await client.get("/api/users")).status_code == 200
            arrives.set()
            assert (await slow).status_code == 201

    asyncio.run(story())


def test_a_request_whose_body_has_arrived_counts() -> None:
    async def story() -> None:
        users = StuckUsers()
        async with client_of(serving(users, REQUESTS_MAX="1")) as client:
            user = {"name": "Ada", "email": "ada@example.com"}
            creating = asyncio.create_task(client.post("/api/users", json=user))
            async with asyncio.timeout(10):
                while not users.asked:  # noqa: ASYNC110  # no event says so
                    await asyncio.sleep(0)
            assert (await client.get("/api/users")).status_code == 503
            users.go_on.set()
            assert (await creating).status_code == 201
            assert (await client.get("/api/users")).status_code == 200

    asyncio.run(story())


def test_a_request_that_the_server_has_admitted_is_counted_once() -> None:
    admission = Admission(Load(), Limit(1))
    answered: list[str] = []

    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        answered.append("by the application")

    async def story() -> None:
        for _ in range(3):
            assert admission.admits("/api/users")
            admission.expect()
            assert not admission.admits("/api/users")
            scope: dict[str, Any] = {"method": "GET", "path": "/api/users", "state": {}, ARRIVED: monotonic()}
            await admission.wrap(app)(scope, None, None)  # type: ignore[arg-type]  # nobody receives or sends

    asyncio.run(story())
    assert len(answered) == 3


@pytest.mark.parametrize(("connections", "most"), [(384, 384), (385, 128)])
def test_where_there_are_more_connections_than_can_wait_fewer_requests_are_admitted(
    connections: int, most: int
) -> None:
    admission = Admission(Load(), Limit())
    admission.connections = lambda: connections
    number = 0
    while admission.admits("/api/users"):
        admission.expect()
        number += 1

    assert number == most


@pytest.mark.parametrize(
    ("connections", "limit", "refusing"), [(384, Limit(), False), (385, Limit(), True), (2, Limit(1), True)]
)
def test_where_the_limit_lets_requests_wait_the_store_does_as_well(
    connections: int, limit: Limit, *, refusing: bool
) -> None:
    async def story() -> None:
        load = Load()
        admission = Admission(load, limit)
        admission.connections = lambda: connections
        admission.note_refusal()
        assert load.refusing == refusing

    asyncio.run(story())


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    with capture_logs() as captured:
        yield captured


def test_one_line_a_second_stands_for_the_lines_of_refused_requests(lines: list[Any]) -> None:
    async def story() -> None:
        users = StuckUsers()
        container = serving(users, REQUESTS_MAX="2")
        async with client_of(container) as client:
            tasks = await ask(client, users, 2, 2)
            for _ in range(5):
                assert (await client.get("/api/users")).status_code == 503
            assert container.load().refusing
            users.go_on.set()
            await asyncio.gather(*tasks)
            await asyncio.sleep(1.1)
            assert not [line for line in lines if line.get("status") == 503]
            (summary,) = [line for line in lines if line["event"] == "refused requests"]
            assert {name: summary[name] for name in ("refused", "answered", "under_way", "limit", "log_level")} == {
                "refused": 5, "answered": 2, "under_way": 0, "limit": 2, "log_level": "warning",
            }  # fmt: skip
            assert summary["slowest_ms"] > 0
            await asyncio.sleep(1.1)
            assert not container.load().refusing

    asyncio.run(story())


class CountingLimit(Limit):
    """Counts the turns of the event loop and the refusals that it is told of, and keeps what was served."""

    turns = refusals = 0

    def __init__(self) -> None:
        super().__init__()
        self.served: list[bool] = []
        self.took: list[float] = []

    def note_turn(self) -> None:
        self.turns += 1
        super().note_turn()

    def note_refusal(self, now: float) -> None:
        self.refusals += 1
        super().note_refusal(now)

    def note_answer(self, now: float, seconds: float, *, served: bool) -> None:
        self.served.append(served)
        self.took.append(seconds)
        super().note_answer(now, seconds, served=served)


def test_the_limit_knows_which_requests_were_served_and_a_failure_of_ours_was_not() -> None:
    limit = CountingLimit()
    statuses = [200, 404, 499, 500, 503, None]

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        if scope["answer"] is not None:
            scope["state"]["status"] = scope["answer"]

    async def story() -> None:
        admitted = Admission(Load(), limit).wrap(app)
        for status in statuses:
            scope: dict[str, Any] = {"method": "GET", "path": "/api/users", "state": {}, "answer": status}
            await admitted(scope, None, None)  # type: ignore[arg-type]  # nobody receives or sends

    asyncio.run(story())
    assert limit.served == [True, True, True, False, False, False]


def test_the_time_in_which_a_caller_sends_a_body_says_nothing_about_this_process() -> None:
    limit = CountingLimit()

    async def arrives_late() -> Any:
        await asyncio.sleep(1)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        await receive()

    scope: dict[str, Any] = {"method": "POST", "path": "/api/users", "state": {}}
    asyncio.run(Admission(Load(), limit).wrap(app)(scope, arrives_late, None))  # type: ignore[arg-type]
    assert limit.took[0] < 0.5


def test_turns_of_the_event_loop_are_counted_while_requests_are_refused() -> None:
    async def story() -> None:
        load, limit = Load(), CountingLimit()
        admission = Admission(load, limit)
        await asyncio.sleep(0.1)
        assert limit.turns == 0

        admission.note_refusal()
        async with asyncio.timeout(10):
            while load.refusing:  # noqa: ASYNC110  # nothing says when that ends
                await asyncio.sleep(0.01)
        counted = limit.turns
        assert counted > 1
        assert limit.refusals == 1
        await asyncio.sleep(0.1)
        assert limit.turns == counted

    asyncio.run(story())
