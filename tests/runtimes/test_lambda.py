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
from tests.runtimes.lambda_events import SOURCES, Call, Json, behind_a_base_path

JSON = {"content-type": "application/json"}
ID = {"x-request-id": "same-everywhere"}
ENVIRON = {"STORE": "memory", "CURSOR_SECRET": "lambda-tests", "AWS_LAMBDA_FUNCTION_NAME": "shop"}

STORY = (
    Call("GET", "/api/users", headers=ID),
    Call("POST", "/api/users", headers=ID | JSON, body='{"name": "", "email": "zoë"}'),
    Call("POST", "/api/users", headers=ID, body="name=Ada"),
    Call("POST", "/api/orders", headers=ID | JSON, body='{"user_id": "ghost", "product": "Tée", "quantity": 1}'),
    Call("GET", "/api/users/a%2Fb", headers=ID),
    Call("GET", "/api/users/%25", headers=ID),
    Call("GET", "/api/users/z%C3%B6", headers=ID),
    Call("GET", "/api/users/", headers=ID),
    Call("GET", "/prod/api/users", headers=ID),
    Call("GET", "/api/orders", query="user_id=a%20b%2Bc&limit=7&unknown=%26", headers=ID),
    Call("GET", "/api/orders", query="limit=0", headers=ID),
    Call("HEAD", "/api/users", headers=ID),
    Call("PUT", "/api/users", headers=ID),
    Call("DELETE", "/api/orders/none", headers=ID),
    Call("GET", "/schema/openapi.json", headers=ID),
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


def served(calls: Sequence[Call]) -> list[httpx.Response]:
    async def asked() -> list[httpx.Response]:
        app: Any = LocalContainer(environ=ENVIRON).app()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example") as client:
            return [
                await client.request(
                    call.method,
                    httpx.URL("http://shop.example", raw_path=f"{call.path}?{call.query}".rstrip("?").encode()),
                    headers=call.headers,
                    content=call.body,
                )
                for call in calls
            ]

    return asyncio.run(asked())


def headers_of(answer: Json) -> dict[str, str]:
    if "multiValueHeaders" in answer:
        return {name: ", ".join(values) for name, values in answer["multiValueHeaders"].items()}
    headers: dict[str, str] = answer["headers"]
    return headers


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_gets_the_answer_of_a_server(source: str) -> None:
    answers, _ = invoke([SOURCES[source](call) for call in STORY])

    for call, answer, expected in zip(STORY, answers, served(STORY), strict=True):
        assert answer["statusCode"] == expected.status_code, call
        assert answer["isBase64Encoded"] is False, call
        assert answer["body"] == expected.text, call
        assert headers_of(answer) == dict(expected.headers), call


@pytest.mark.parametrize("source", ["alb_multi_value", "rest_api", "http_api", "http_api_with_stage", "function_url"])
def test_of_a_repeated_parameter_the_last_counts(source: str) -> None:
    calls = [Call("GET", "/api/users", query="limit=0&limit=5"), Call("GET", "/api/users", query="limit=5&limit=0")]

    answers, _ = invoke([SOURCES[source](call) for call in calls])

    assert [answer["statusCode"] for answer in answers] == [200, 400]


@pytest.mark.parametrize("source", SOURCES)
def test_the_log_has_the_address_that_the_trusted_hop_saw_and_one_line_a_request(source: str) -> None:
    _, lines = invoke([SOURCES[source](Call("GET", "/api/health"))])

    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["client"], line["path"]) for line in requests] == [("203.0.113.9", "/api/health")]


@pytest.mark.parametrize("source", ["rest_api", "http_api"])
def test_a_custom_domains_base_path_is_removed_by_segment(source: str) -> None:
    calls = [Call("GET", "/api/health", headers=ID), Call("GET", "/api/users/shop", headers=ID)]

    events = [SOURCES[source](call) for call in calls]
    answers, _ = invoke([*map(behind_a_base_path, events), {**events[0], "path": "/shopping", "rawPath": "/shopping"}])

    assert [answer["statusCode"] for answer in answers] == [200, 404, 404]
    assert "user-not-found" in answers[1]["body"]


def test_a_snapshot_leaves_no_connection_and_its_copies_draw_their_own_ids() -> None:
    program = """
import random
from snapshot_restore_py import get_after_restore, get_before_snapshot
from containers.entrypoints.aws_lambda import container, handler
from tests.runtimes.lambda_events import SOURCES, Call
event = SOURCES["alb"](Call("GET", "/api/health/ready"))
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


def test_data_stays_between_invocations_and_health_names_the_runtime() -> None:
    user = Call("POST", "/api/users", headers=JSON, body='{"name": "Ada", "email": "ada@example.com"}')

    answers, _ = invoke([SOURCES["alb"](call) for call in (user, user, Call("GET", "/api/health"))])

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
