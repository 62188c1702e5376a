"""Events that resemble HTTP requests and are none: nothing that they are answered with lets anybody in."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from containers.entrypoints.invocations import Handler
from parity.calls import Call
from parity.events import SOURCES, Json
from tests.runtimes.handlers import a_handler

LIST = Call("list", "GET", "/api/users")
ARN = "arn:aws:execute-api:eu-central-1:000000000000:abc/prod/GET/api/users"
REST = SOURCES["rest_api"].event(LIST)
HTTP = SOURCES["http_api"].event(LIST)

WITH_POLICY = {
    "REST, REQUEST": {**REST, "type": "REQUEST", "methodArn": ARN},
    "REST, REQUEST, without its type": {**REST, "methodArn": ARN},
    "REST, TOKEN": {"type": "TOKEN", "authorizationToken": "allow", "methodArn": ARN},
    "HTTP API, payload 1.0": {**REST, "version": "1.0", "type": "REQUEST", "methodArn": ARN, "identitySource": "a"},
    "WebSocket": {
        "type": "REQUEST",
        "methodArn": ARN,
        "headers": {},
        "requestContext": {"connectionId": "a=", "routeKey": "$connect", "eventType": "CONNECT"},
    },
}
SIMPLE = {
    "payload 2.0": {**HTTP, "version": "2.0", "type": "REQUEST", "routeArn": ARN, "identitySource": ["a"]},
    "payload 2.0, without its type": {**HTTP, "routeArn": ARN},
}
NOT_HTTP: dict[str, Json] = {
    "WebSocket, connecting": {
        "headers": {},
        "requestContext": {"connectionId": "a=", "routeKey": "$connect", "eventType": "CONNECT", "stage": "prod"},
    },
    "WebSocket, a message with the members of a request": {
        **REST,
        "requestContext": {"connectionId": "a=", "routeKey": "$default", "eventType": "MESSAGE"},
    },
    "AppSync, resolver": {"info": {"fieldName": "users"}, "arguments": {}, "request": {"headers": {}}},
    "AppSync, authorizer": {"authorizationToken": "a", "requestContext": {"apiId": "a"}, "requestHeaders": {}},
    "S3": {"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": "a"}}}]},
    "S3 Object Lambda": {"getObjectContext": {}, "userRequest": {"url": "/", "headers": {}}},
    "Lambda@Edge": {"Records": [{"cf": {"request": {"method": "GET", "uri": "/api/users"}}}]},
    "Bedrock agent": {"apiPath": "/api/users", "httpMethod": "GET", "agent": {}},
    "EventBridge": {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}},
    "IoT, authorizer": {"token": "a", "protocolData": {"http": {"headers": {}}}},
}


@pytest.fixture(scope="module")
def handler() -> Iterator[Handler]:
    with a_handler() as handler:
        yield handler


@pytest.mark.parametrize("kind", WITH_POLICY)
def test_an_authorizers_event_that_wants_a_policy_is_denied_by_one(
    handler: Handler, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    result = handler(WITH_POLICY[kind], None)

    [statement] = result["policyDocument"]["Statement"]
    assert statement == {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": "*"}
    assert "statusCode" not in result
    assert "authorizer event denied" in capsys.readouterr().out


@pytest.mark.parametrize("kind", SIMPLE)
def test_an_authorizers_event_that_wants_a_word_is_denied_by_it(handler: Handler, kind: str) -> None:
    assert handler(SIMPLE[kind], None) == {"isAuthorized": False}


@pytest.mark.parametrize("kind", NOT_HTTP)
def test_what_is_no_http_request_is_ignored(handler: Handler, kind: str) -> None:
    result: Any = handler(NOT_HTTP[kind], None)

    assert result["ignored"] is True
    assert not {"statusCode", "isAuthorized", "policyDocument"} & set(result)


@pytest.mark.parametrize("source", ["rest_api", "http_api", "alb", "lattice_v2"])
def test_a_request_that_an_authorizer_let_in_is_served(handler: Handler, source: str) -> None:
    event: Json = json.loads(json.dumps(SOURCES[source].event(LIST)))
    event["requestContext"]["authorizer"] = {"principalId": "somebody", "type": "REQUEST"}

    assert handler(event, None)["statusCode"] == 200
