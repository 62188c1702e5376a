"""The Lambda handler gives each event the answer that a server gives the same request."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from containers.local import LocalContainer
from parity.calls import Answer, Call, headers_of
from parity.events import SOURCES, Json

ENVIRON = {"STORE": "memory", "CURSOR_SECRET": "secret-of-lambda-tests", "AWS_LAMBDA_FUNCTION_NAME": "shop"}


def a_call(method: str, path: str, query: str = "", body: str = "", **headers: str) -> Call:
    usual = {"host": "[2001:db8::1]:8443", "x_forwarded_for": "6.6.6.6, 203.0.113.9", "x_request_id": "same-everywhere"}
    typed = {"content_type": "application/json"} if body else {}
    pairs = tuple((name.replace("_", "-"), value) for name, value in (usual | typed | headers).items())
    return Call(path, method, path, query, pairs, body.encode())


STORY = (
    a_call("GET", "/api/users"),
    a_call("POST", "/api/users", body='{"name": "", "email": "zoë"}'),
    a_call("POST", "/api/users", body="name=Ada", content_type="application/x-www-form-urlencoded"),
    a_call("POST", "/api/orders", body='{"user_id": "ghost", "product": "Tée", "quantity": 1}'),
    a_call("GET", "/api/users/a%2Fb"),
    a_call("GET", "/api/users/%25"),
    a_call("GET", "/api/users/z%C3%B6"),
    a_call("GET", "/api/users/"),
    a_call("GET", "/prod/api/users"),
    a_call("GET", "/api/orders", query="user_id=a%20b%2Bc&limit=7&unknown=%26"),
    a_call("GET", "/api/orders", query="limit=0"),
    a_call("HEAD", "/api/users"),
    a_call("PUT", "/api/users"),
    a_call("DELETE", "/api/orders/none"),
    a_call("GET", "/schema/openapi.json"),
)


def invoke(events: Sequence[Json], **environ: str) -> tuple[list[Json], list[Json]]:
    """What one Lambda process answers to the events, and the lines of its log."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.runtimes.lambda_process"],
        cwd=Path(__file__).parents[2],
        env={"PATH": os.defpath, **ENVIRON, **environ},
        input="".join(f"{json.dumps(event)}\n" for event in events),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [json.loads(line) for line in ran.stderr.splitlines()], [
        json.loads(line) for line in ran.stdout.splitlines()
    ]


def served(calls: Sequence[Call]) -> list[Answer]:
    async def asked() -> list[Answer]:
        app: Any = LocalContainer(environ=ENVIRON).app()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example") as client:
            responses = [
                await client.request(
                    call.method,
                    httpx.URL("http://shop.example", raw_path=call.target.encode()),
                    headers=list(call.headers),
                    content=call.body,
                )
                for call in calls
            ]
        return [Answer(each.status_code, headers_of(each.headers.items()), each.content) for each in responses]

    return asyncio.run(asked())


def behind_a_base_path(event: Json) -> Json:
    """The same event through a custom domain that maps `/shop` to the API, whose route is `/{proxy+}`."""
    proxy = {"pathParameters": {"proxy": (event.get("rawPath") or event["path"]).removeprefix("/")}}
    if "rawPath" in event:
        return {**event, **proxy, "rawPath": f"/shop{event['rawPath']}", "routeKey": "ANY /{proxy+}"}
    return {**event, **proxy, "path": f"/shop{event['path']}"}


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_gets_the_answer_of_a_server(source: str) -> None:
    results, _ = invoke([SOURCES[source].event(call) for call in STORY])

    for call, result, expected in zip(STORY, results, served(STORY), strict=True):
        assert result["isBase64Encoded"] is False, call
        assert SOURCES[source].answer(result) == expected, call


@pytest.mark.parametrize("source", ["alb_multi_value", "rest_api", "http_api", "http_api_with_stage", "function_url"])
def test_of_a_repeated_parameter_the_last_counts(source: str) -> None:
    calls = [a_call("GET", "/api/users", query="limit=0&limit=5"), a_call("GET", "/api/users", query="limit=5&limit=0")]

    answers, _ = invoke([SOURCES[source].event(call) for call in calls])

    assert [answer["statusCode"] for answer in answers] == [200, 400]


@pytest.mark.parametrize("source", SOURCES)
def test_the_log_has_the_address_that_the_trusted_hop_saw_and_one_line_a_request(source: str) -> None:
    _, lines = invoke([SOURCES[source].event(a_call("GET", "/api/health"))])

    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["client"], line["path"]) for line in requests] == [("203.0.113.9", "/api/health")]


@pytest.mark.parametrize("source", ["rest_api", "http_api"])
def test_a_custom_domains_base_path_is_removed_by_segment(source: str) -> None:
    calls = [a_call("GET", "/api/health"), a_call("GET", "/api/users/shop")]

    events = [SOURCES[source].event(call) for call in calls]
    answers, _ = invoke([*map(behind_a_base_path, events), {**events[0], "path": "/shopping", "rawPath": "/shopping"}])

    assert [answer["statusCode"] for answer in answers] == [200, 404, 404]
    assert "user-not-found" in answers[1]["body"]


def test_a_snapshot_leaves_no_connection_and_its_copies_draw_their_own_ids() -> None:
    program = """
import random
from snapshot_restore_py import get_after_restore, get_before_snapshot
from containers.entrypoints.aws_lambda import container, handler
from parity.calls import Call
from parity.events import SOURCES
event = SOURCES["alb"].event(Call("ready", "GET", "/api/health/ready"))
assert handler(event, None)["statusCode"] == 200
random.seed(1)
twin = random.Random(1)
for hook, arguments, options in [*get_before_snapshot(), *get_after_restore()]:
    hook(*arguments, **options)
assert random.random() != twin.random()
assert handler(event, None)["statusCode"] == 200
"""
    environ = {"PATH": os.defpath, **ENVIRON}
    subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], env=environ, check=True, timeout=60)


def test_a_snapshot_of_a_function_that_serves_one_entity_needs_the_table_of_no_other() -> None:
    program = """
from snapshot_restore_py import get_before_snapshot
import containers.entrypoints.aws_lambda
[(hook, arguments, options)] = get_before_snapshot()
hook(*arguments, **options)
"""
    users_only = {"SERVICES": "users", "STORE": "dynamodb", "USERS_TABLE": "users", "AWS_REGION": "eu-west-1"}
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    environ = {"PATH": os.defpath, **ENVIRON, **users_only, **keys}
    subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], env=environ, check=True, timeout=60)


def test_data_stays_between_invocations_and_health_names_the_runtime() -> None:
    user = a_call("POST", "/api/users", body='{"name": "Ada", "email": "ada@example.com"}')

    answers, _ = invoke([SOURCES["alb"].event(call) for call in (user, user, a_call("GET", "/api/health"))])

    assert [answer["statusCode"] for answer in answers] == [201, 409, 200]
    assert json.loads(answers[2]["body"])["runtime"] == "lambda"


@pytest.mark.parametrize("event", [{}, [], None, 7, "ping", {"source": "aws.events"}, {"Records": [{"body": "x"}]}])
def test_an_event_that_is_not_http_is_ignored_and_logged(event: Any) -> None:
    answers, lines = invoke([event])

    assert answers == [{"ignored": True, "reason": "This function answers HTTP events only."}]
    assert [line["event"] for line in lines] == ["event ignored"]


def test_a_configuration_that_cannot_work_fails_the_start_and_says_why() -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        invoke([{}], STORE="dynamodb")

    assert (
        "users_table: is required for store=dynamodb (looked in: environment variable USERS_TABLE)"
        in failed.value.stderr
    )
