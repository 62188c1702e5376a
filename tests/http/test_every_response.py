"""What holds for each response: methods, headers, request ids, and failures that are ours."""

import asyncio
import re
from typing import Any

import httpx
import pytest
from dependency_injector.providers import Object
from structlog.testing import capture_logs

from service.adapters.memory.store import MemoryStore
from service.application.ports import Page, Position
from service.domain.entities import ENTITIES
from service.domain.errors import StoreUnavailable
from service.domain.users import User
from service.http.middleware import deadline
from tests.description import ALLOWED_METHODS, PAGES
from tests.http.conftest import Tell, a_container, assert_problem, client_of, create_user
from tests.memory import MemoryUserRepository

PATHS = {path: allow for path, allow in ALLOWED_METHODS.items() if path not in PAGES}
OF_THE_CONTENT = {"content-length", "content-type"}


@pytest.mark.parametrize(("path", "allow"), PATHS.items())
def test_another_method_is_405_with_allow(tell: Tell, path: str, allow: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for method in ("PUT", "OPTIONS", "TRACE", "BREW", "get"):
            request = client.build_request("PUT", path)
            request.method = method  # given to `build_request`, `get` would become GET
            response = await client.send(request)
            assert response.request.method == method
            assert assert_problem(response, 405, "method-not-allowed")["detail"] == f"This path allows {allow}."
            assert response.headers["allow"] == allow

    tell(story)


@pytest.mark.parametrize("path", [*PATHS, "/nowhere"])
def test_head_is_get_without_the_body(tell: Tell, path: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        await create_user(client)
        got = await client.get(path, headers={"x-request-id": "same"})
        head = await client.head(path, headers={"x-request-id": "same"})

        assert (head.status_code, head.headers, head.content) == (got.status_code, got.headers, b"")

    tell(story)


@pytest.mark.parametrize("path", [*PATHS, "/nowhere", "/api/users/"])
def test_each_response_carries_the_security_headers_and_an_id(tell: Tell, path: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        headers = (await client.get(path)).headers

        assert {name: headers[name] for name in headers if name not in OF_THE_CONTENT} == {
            "cache-control": "no-store",
            "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
            "cross-origin-resource-policy": "same-origin",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "x-request-id": headers["x-request-id"],
        }
        assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-request-id"])

    tell(story)


@pytest.mark.parametrize("given", ["a", "A-1_b.c", "x" * 64])
def test_a_fit_request_id_is_kept(tell: Tell, given: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        response = await client.get("/nowhere", headers={"x-request-id": given})
        assert response.headers.get_list("x-request-id") == [given]
        assert response.json()["instance"] == f"urn:request:{given}"

    tell(story)


def test_of_two_request_ids_neither_is_kept(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        response = await client.get("/nowhere", headers=[("x-request-id", "one"), ("x-request-id", "two")])
        assert re.fullmatch(r"[0-9a-f-]{36}", response.headers["x-request-id"])

    tell(story)


def test_each_request_without_an_id_gets_another_one(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        ids = {(await client.get("/nowhere")).headers["x-request-id"] for _ in range(20)}
        assert len(ids) == 20

    tell(story)


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "<script>", "é", "a,b"])
def test_an_unfit_request_id_is_replaced(tell: Tell, given: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        response = await client.get("/api/health/live", headers={b"x-request-id": given.encode()})
        assert re.fullmatch(r"[0-9a-f-]{36}", response.headers["x-request-id"])

    tell(story)


def test_health_says_what_this_is_and_whether_it_is_ready(tell: Tell, container: Any) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        about = (await client.get("/api/health")).json()
        assert (about["status"], about["runtime"], about["store"]) == ("healthy", "local", "memory")
        assert about["version"]
        assert (await client.get("/api/health/live")).json() == {"status": "live"}
        ready = await client.get("/api/health/ready")
        assert (ready.status_code, ready.json()["checks"]["process"]) == (200, "ok")

        container.readiness().draining = True
        draining = await client.get("/api/health/ready")
        assert assert_problem(draining, 503, "not-ready")["checks"]["process"] == "draining"
        assert draining.headers["retry-after"] == "1"
        assert draining.headers["connection"] == "close"
        assert (await client.get("/api/users")).status_code == 200

    tell(story)


class BrokenUsers(MemoryUserRepository):
    """Fails in each way that a store can."""

    def __init__(self, failure: Exception | None, seconds: float = 0) -> None:
        super().__init__(MemoryStore())
        self.failure = failure
        self.seconds = seconds

    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> Page[User]:
        await asyncio.sleep(self.seconds)
        if self.failure:
            raise self.failure
        return await super().page(limit, after, owner_id=owner_id)

    async def ping(self) -> None:
        await self.page(1)


def ask(users: BrokenUsers, path: str = "/api/users", **environ: str) -> httpx.Response:
    container = a_container(**environ)
    container.user_repository.override(Object(users))

    async def asked() -> httpx.Response:
        async with client_of(container) as client:
            return await client.get(path)

    return asyncio.run(asked())


def test_a_store_that_is_out_is_503_with_retry_after() -> None:
    response = ask(BrokenUsers(StoreUnavailable()))

    assert_problem(response, 503, "store-unavailable")
    assert response.headers["retry-after"] == "1"
    assert ask(BrokenUsers(StoreUnavailable()), "/api/health/live").status_code == 200


@pytest.mark.parametrize("failure", [StoreUnavailable(), RuntimeError("no idea")])
def test_a_process_is_degraded_when_one_store_fails_and_not_ready_when_none_works(failure: Exception) -> None:
    degraded = ask(BrokenUsers(failure), "/api/health/ready")
    assert (degraded.status_code, degraded.json()) == (
        200,
        {"status": "degraded", "checks": {**dict.fromkeys(ENTITIES, "ok"), "users": "unavailable", "process": "ok"}},
    )

    unready = ask(BrokenUsers(failure), "/api/health/ready", SERVICES="users")
    assert assert_problem(unready, 503, "not-ready")["checks"] == {"users": "unavailable", "process": "ok"}
    assert unready.json()["detail"] == "Not ready: users is unavailable."


def test_a_store_slower_than_the_deadline_is_503_with_retry_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "DEADLINE_SECONDS", 0.05)

    response = ask(BrokenUsers(None, seconds=30))

    assert_problem(response, 503, "store-unavailable")
    assert response.headers["retry-after"] == "1"


def test_a_body_that_does_not_arrive_is_408_and_not_our_failure(monkeypatch: pytest.MonkeyPatch, tell: Tell) -> None:
    monkeypatch.setattr(deadline, "BODY_SECONDS", 0.05)

    async def story(client: httpx.AsyncClient) -> None:
        async def stalled() -> Any:
            yield b'{"name":'
            await asyncio.sleep(30)

        response = await client.post("/api/users", content=stalled(), headers={"content-type": "application/json"})

        assert_problem(response, 408, "request-timeout")

    tell(story)


def test_an_unforeseen_error_is_500_and_tells_no_internals(capsys: pytest.CaptureFixture[str]) -> None:
    response = ask(BrokenUsers(RuntimeError("the password is hunter2")))

    assert_problem(response, 500, "internal-error")
    assert "hunter2" not in response.text
    printed = capsys.readouterr().out
    assert printed.count("Traceback (most recent call last)") == 1
    assert response.headers["x-request-id"] in printed


@pytest.mark.parametrize(
    ("method", "shown"), [("BREW", "BREW"), ("M-SEARCH", "M-SEARCH"), ("X" * 60_000, "-"), ("G\x1bT", "-")]
)
def test_a_method_that_a_caller_made_up_reaches_the_log_only_if_it_is_short(method: str, shown: str) -> None:
    async def asked() -> None:
        async with client_of(a_container()) as client:
            assert (await client.request(method, "/api/users")).status_code == 405

    with capture_logs() as lines:
        asyncio.run(asked())
    assert [line["method"] for line in lines if line["event"] == "request"] == [shown]
