"""What callers, probes and operators see of a DynamoDB that does not answer as DynamoDB."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from service.application.health import CheckReadiness
from tests.adapters.dynamodb.conftest import Script
from tests.adapters.dynamodb.server import BOUND_SECONDS, Step, answer, cancelled, error, response, trickles

TROUBLE: dict[str, tuple[Step, str]] = {
    "a web page": (response(b"<html>Welcome</html>", content_type="text/html"), "text/html"),
    "an empty body": (response(b""), "not JSON"),
    "a proxy": (response(b"<html>Forbidden</html>", 403, content_type="text/html"), "status 403"),
    "a redirect": (response(b"", 302, location="/login"), "status 302"),
    "a wrong clock": (error("InvalidSignatureException", "Signature expired"), "Signature expired"),
    "a missing right": (error("AccessDeniedException", "dynamodb:GetItem"), "dynamodb:GetItem"),
    "a missing table": (error("ResourceNotFoundException"), "users_table"),
    "wrong keys of a table": (error("ValidationException", "The provided key element"), "pk and sk"),
}
REQUESTS = {
    "register": ("POST", "/api/users", {"name": "Ada", "email": "ada@example.com"}),
    "place": ("POST", "/api/orders", {"user_id": "u1", "product": "Tea", "quantity": 1}),
    "get": ("GET", "/api/users/u1", None),
    "list": ("GET", "/api/orders", None),
    "delete": ("DELETE", "/api/users/u1", None),
}


def ask(app: Any, method: str, path: str, body: Any = None) -> tuple[httpx.Response, str]:
    """The response, and what was logged until the application stopped."""

    async def story() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            return await client.request(method, path, json=body)

    with capture_logs() as logs:
        return asyncio.run(story()), str(logs)


@pytest.mark.parametrize("request_name", REQUESTS)
@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_of_the_store_is_503_and_the_log_names_its_cause(name: str, request_name: str, script: Script) -> None:
    step, cause = TROUBLE[name]
    refused, log = ask(script(step).container.app(), *REQUESTS[request_name])
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert cause in log


@pytest.mark.parametrize("step", [cancelled(), cancelled("None", "AccessDenied", "None")])
def test_a_cancelled_registration_without_a_reason_of_ours_is_503(step: Step, script: Script) -> None:
    refused, log = ask(script(step).container.app(), *REQUESTS["register"])
    assert refused.status_code == 503
    assert "TransactionCanceledException" in log


@pytest.mark.parametrize("name", TROUBLE)
def test_a_process_is_not_ready_while_its_store_is_in_trouble(
    name: str, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    step, cause = TROUBLE[name]
    opened = script(step)
    repositories = {"users": opened.container.user_repository(), "orders": opened.container.order_repository()}
    readiness = opened.run(lambda _: CheckReadiness(repositories)())
    assert not readiness.ready
    assert readiness.checks["users"] == readiness.checks["orders"] == "unavailable"
    assert cause in caplog.text


def test_a_process_is_ready_when_its_store_answers(script: Script) -> None:
    opened = script(answer({}))
    assert opened.run(lambda _: CheckReadiness({"users": opened.container.user_repository()})()).ready


def test_a_store_that_trickles_is_503_in_time_and_holds_nothing_afterwards(script: Script) -> None:
    opened = script(trickles(answer({}), pause_seconds=0.2), answer({}))
    app = opened.container.app()
    began = time.monotonic()
    assert ask(app, "GET", "/api/users/u1")[0].status_code == 503
    assert time.monotonic() - began < BOUND_SECONDS
    assert ask(app, "GET", "/api/users/u1")[0].status_code == 404
