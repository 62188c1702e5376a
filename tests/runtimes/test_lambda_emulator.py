"""The whole way: emulator, runtime client, handler, DynamoDB."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from loopback.lambda_emulator import Function, emulator
from loopback.postgresql import Postgresql
from parity.calls import Answer, Call
from parity.corpus.building import ask, send
from parity.events import SOURCES
from tests.examples import table_variables
from tests.runtimes.emulator import function
from tests.runtimes.processes import run, wait_until

pytestmark = pytest.mark.skipif(
    emulator() is None and "CI" not in os.environ, reason="the Lambda emulator is a Linux program"
)

SETTINGS = {**table_variables("shop-{}"), "CURSOR_SECRET": "s3cret" * 3}


@pytest.fixture(scope="module")
def shop(aws: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Function]:
    directory = tmp_path_factory.mktemp("lambda")
    assert run(directory, "migrate", RUNTIME="lambda", **SETTINGS, **aws).returncode == 0
    with function(directory, **SETTINGS, **aws) as invocable:
        yield invocable


@pytest.mark.parametrize("source", SOURCES)
def test_the_story_is_the_same(shop: Function, source: str) -> None:
    def tell(call: Call) -> Answer:
        return SOURCES[source].answer(shop.invoke(SOURCES[source].event(call)))

    user = {"name": "Ada", "email": f"{source}@example.com"}
    created = tell(send("create", "POST", "/api/users", user))
    order = {"user_id": created.id, "product": "Tée", "quantity": 2, "id": source}

    assert created.status == 201
    assert tell(send("again", "POST", "/api/users", user)).status == 409
    assert tell(send("order", "POST", "/api/orders", order)).status == 201
    assert tell(send("order-again", "POST", "/api/orders", order)).status == 409
    assert tell(send("no-owner", "POST", "/api/orders", order | {"user_id": "ghost"})).status == 422
    assert tell(ask("has-orders", "DELETE", f"/api/users/{created.id}")).status == 409
    listed = tell(ask("list", "GET", "/api/orders", f"user_id={created.id}"))
    assert [each["product"] for each in json.loads(listed.body)] == ["Tée"]
    assert tell(ask("delete-order", "DELETE", f"/api/orders/{source}")).status == 204
    assert tell(ask("delete-user", "DELETE", f"/api/users/{created.id}")).status == 204
    assert tell(ask("slash", "GET", "/api/users/a%2Fb")).status == 404


def test_an_event_that_is_not_http_is_ignored(shop: Function) -> None:
    assert shop.invoke({})["ignored"] is True


def test_the_application_started_once_and_each_request_has_one_line(shop: Function) -> None:
    shop.invoke(SOURCES["alb"].event(ask("health", "GET", "/api/health", "", ("x-request-id", "only-one"))))

    log = shop.log.read_text()
    assert log.count('"only-one"') == 1
    assert "s3cret" not in log
    assert "Traceback" not in log


def test_sigterm_ends_the_runtime(tmp_path: Path) -> None:
    with function(tmp_path, STORE="memory", CURSOR_SECRET="x" * 16) as shop:
        shop.invoke({})
        shop.terminate_runtime()
        wait_until(lambda: "lambda stopped" in shop.log.read_text(), shop.log.read_text)


def test_over_postgresql_a_function_keeps_one_connection_between_its_invocations(
    tmp_path: Path, postgresql_server: Postgresql
) -> None:
    url = postgresql_server.create_database()
    environ = {"STORE": "postgresql", "DATABASE_URL": url, "CURSOR_SECRET": "x" * 16}
    assert run(tmp_path, "migrate", RUNTIME="lambda", **environ).returncode == 0
    sessions = f"SELECT pid FROM pg_stat_activity WHERE '{url}' LIKE '%/' || datname || '?%'"

    with function(tmp_path, **environ) as ours:

        def tell(call: Call) -> Answer:
            return SOURCES["alb"].answer(ours.invoke(SOURCES["alb"].event(call)))

        created = tell(send("create", "POST", "/api/users", {"name": "Ada", "email": "ada@example.com"}))
        connected = postgresql_server.psql(sessions)
        assert tell(ask("ready", "GET", "/api/health/ready")).status == 200
        assert json.loads(tell(ask("list", "GET", "/api/users")).body) == [json.loads(created.body)]
        assert postgresql_server.psql(sessions) == connected
        assert "(1 row)" in connected
