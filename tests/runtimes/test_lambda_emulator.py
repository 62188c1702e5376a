"""The whole way: emulator, runtime client, handler, DynamoDB."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from loopback.aws import ministack
from loopback.postgresql import Postgresql
from tests.runtimes.emulator import Function, emulator, function
from tests.runtimes.lambda_events import SOURCES, Call, Json
from tests.runtimes.processes import run, wait_until

pytestmark = pytest.mark.skipif(
    emulator() is None and "CI" not in os.environ, reason="the Lambda emulator is a Linux program"
)

JSON = {"content-type": "application/json"}
SETTINGS = {"USERS_TABLE": "shop-users", "ORDERS_TABLE": "shop-orders", "CURSOR_SECRET": "s3cret"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Function]:
    directory = tmp_path_factory.mktemp("lambda")
    with ministack(directory, "dynamodb") as aws:
        assert run(directory, "migrate", RUNTIME="lambda", **SETTINGS, **aws).returncode == 0
        with function(directory, **SETTINGS, **aws) as invocable:
            yield invocable


def post(path: str, **fields: object) -> Call:
    return Call("POST", path, headers=JSON, body=json.dumps(fields))


@pytest.mark.parametrize("source", SOURCES)
def test_the_story_is_the_same(shop: Function, source: str) -> None:
    def tell(call: Call) -> Json:
        answer: Json = shop.invoke(SOURCES[source](call))
        return answer

    created = tell(post("/api/users", name="Ada", email=f"{source}@example.com"))
    user = json.loads(created["body"])
    order = {"user_id": user["id"], "product": "Tée", "quantity": 2, "id": source}

    assert created["statusCode"] == 201
    assert tell(post("/api/users", name="Ada", email=f"{source}@example.com"))["statusCode"] == 409
    assert tell(post("/api/orders", **order))["statusCode"] == 201
    assert tell(post("/api/orders", **order))["statusCode"] == 409
    assert tell(post("/api/orders", **order | {"user_id": "ghost"}))["statusCode"] == 422
    assert tell(Call("DELETE", f"/api/users/{user['id']}"))["statusCode"] == 409
    listed = tell(Call("GET", "/api/orders", query=f"user_id={user['id']}"))
    assert [each["product"] for each in json.loads(listed["body"])] == ["Tée"]
    assert tell(Call("DELETE", f"/api/orders/{source}"))["statusCode"] == 204
    assert tell(Call("DELETE", f"/api/users/{user['id']}"))["statusCode"] == 204
    assert tell(Call("GET", "/api/users/a%2Fb"))["statusCode"] == 404


def test_an_event_that_is_not_http_is_ignored(shop: Function) -> None:
    assert shop.invoke({})["ignored"] is True


def test_the_application_started_once_and_each_request_has_one_line(shop: Function) -> None:
    shop.invoke(SOURCES["alb"](Call("GET", "/api/health", headers={"x-request-id": "only-one"})))

    log = shop.log.read_text()
    assert log.count('"only-one"') == 1
    assert "s3cret" not in log
    assert "Traceback" not in log


def test_sigterm_ends_the_runtime(tmp_path: Path) -> None:
    with function(tmp_path, STORE="memory", CURSOR_SECRET="x") as shop:
        shop.invoke({})
        shop.terminate_runtime()
        wait_until(lambda: "lambda stopped" in shop.log.read_text(), shop.log.read_text)


def test_over_postgresql_a_function_keeps_one_connection_between_its_invocations(
    tmp_path: Path, postgresql_server: Postgresql
) -> None:
    url = postgresql_server.create_database()
    environ = {"STORE": "postgresql", "DATABASE_URL": url, "CURSOR_SECRET": "x"}
    assert run(tmp_path, "migrate", RUNTIME="lambda", **environ).returncode == 0
    sessions = f"SELECT pid FROM pg_stat_activity WHERE '{url}' LIKE '%/' || datname || '?%'"

    with function(tmp_path, **environ) as shop:
        assert shop.invoke(SOURCES["alb"](post("/api/users", name="Ada", email="a@b.c")))["statusCode"] == 201
        first = postgresql_server.psql(sessions)
        assert shop.invoke(SOURCES["alb"](Call("GET", "/api/health/ready")))["statusCode"] == 200
        assert json.loads(shop.invoke(SOURCES["alb"](Call("GET", "/api/users")))["body"])[0]["name"] == "Ada"
        assert postgresql_server.psql(sessions) == first
        assert "(1 row)" in first
