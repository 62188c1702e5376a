"""Whatever an event holds, the handler returns a result: null counts as absent, and what is wrong is answered 400."""

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers.entrypoints.events import HttpEvent
from containers.entrypoints.events.sources import Source, source_of
from containers.entrypoints.invocations import Handler
from parity.calls import Call
from parity.events import SOURCES, Json
from tests.runtimes.handlers import a_handler

USER = b'{"name": "Ada", "email": "ada@example.com"}'
CREATE = Call("create", "POST", "/api/users", "", (("content-type", "application/json"),), USER)
LIST = Call("list", "GET", "/api/users", "limit=5", (("x-request-id", "given"),))

OPTIONAL = [
    "headers",
    "multiValueHeaders",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "query_string_parameters",
    "rawQueryString",
    "pathParameters",
    "stageVariables",
    "cookies",
    "body",
    "isBase64Encoded",
    "is_base64_encoded",
    "resource",
    "routeKey",
    "requestContext.identity",
    "requestContext.identity.sourceIp",
    "requestContext.http.sourceIp",
    "requestContext.stage",
    "requestContext.path",
    "requestContext.domainName",
]


@pytest.fixture(scope="module")
def handler() -> Iterator[Handler]:
    with a_handler() as handler:
        yield handler


def event_of(source: str, call: Call) -> Json:
    event: Json = json.loads(json.dumps(SOURCES[source].event(call)))
    return event


def with_value(event: Json, path: str, value: Any) -> Json:
    """The event with another value at that place, if it has such a place."""
    name, _, rest = path.partition(".")
    if not rest:
        return {**event, name: value}
    inner = event.get(name)
    return {**event, name: with_value(inner, rest, value)} if isinstance(inner, dict) else event


def problem_in(result: Json) -> Json:
    names = {
        **result.get("headers", {}),
        **{name: each[0] for name, each in result.get("multiValueHeaders", {}).items()},
    }
    assert names["content-type"] == "application/problem+json"
    assert names["x-request-id"]
    problem: Json = json.loads(result["body"])
    assert problem["type"] == "/problems/invalid-request"
    assert problem["instance"] == f"urn:request:{names['x-request-id']}"
    return problem


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("place", OPTIONAL)
def test_null_counts_as_absent(handler: Handler, source: str, place: str) -> None:
    stays_in_the_path = (source, place) == ("http_api_with_stage", "requestContext.stage")

    result = handler(with_value(event_of(source, LIST), place, None), None)

    assert result["statusCode"] == (404 if stays_in_the_path else 200)


@pytest.mark.parametrize("source", [name for name in SOURCES if "multiValueHeaders" not in event_of(name, LIST)])
def test_headers_come_as_they_would_without_a_member_that_is_null(handler: Handler, source: str) -> None:
    event = event_of(source, LIST)

    without, with_null = (handler(each, None) for each in (event, {**event, "multiValueHeaders": None}))

    assert without.keys() == with_null.keys()


@pytest.mark.parametrize("source", SOURCES)
def test_headers_may_be_numbers_and_spelled_in_any_case(handler: Handler, source: str) -> None:
    event = event_of(source, CREATE)
    headers = {"CONTENT-type": "application/json", "Content-Length": len(USER), "x-a": 1.5, "X-B": True, "x-c": None}
    name = "multiValueHeaders" if "multiValueHeaders" in event else "headers"
    event[name] = {key: [value] for key, value in headers.items()} if name == "multiValueHeaders" else headers
    event["body"] = USER.decode().replace("ada@", f"{source}@")

    assert handler(event, None)["statusCode"] == 201
    read = HttpEvent(event, None, cast(Source, source_of(event))).scope["headers"]
    assert (b"x-a", b"1.5") in read
    assert (b"x-b", b"true") in read


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("body", ["no base64!", "YQ", "é", "YQ==YQ==", 7, {"name": "Ada"}, ["a"]])
def test_a_body_that_cannot_be_read_is_400(handler: Handler, source: str, body: Any) -> None:
    flags = {"isBase64Encoded": True, "is_base64_encoded": True}

    result = handler({**event_of(source, CREATE), **flags, "body": body}, None)

    assert result["statusCode"] == 400
    message = "is not valid base64" if isinstance(body, str) else "must be a string"
    assert problem_in(result)["errors"] == [{"field": "body", "message": message}]


def test_everything_that_is_wrong_is_reported_at_once(handler: Handler) -> None:
    event = event_of("http_api", CREATE)
    event = {**event, "rawPath": 7, "headers": {"a": {"b": "c"}}, "cookies": [["a"]], "body": 7}
    event["requestContext"]["http"]["method"] = None

    problem = problem_in(handler(event, None))

    assert [each["field"] for each in problem["errors"]] == [
        "rawPath",
        "cookies",
        "requestContext.http.method",
        "headers.a",
        "body",
    ]


def test_a_malformed_request_keeps_its_id_and_head_has_no_body(handler: Handler) -> None:
    event = event_of("alb", Call("head", "HEAD", "/api/users", "", (("x-request-id", "given"),)))

    result = handler({**event, "body": 7}, None)

    assert (result["statusCode"], result["body"]) == (400, "")
    assert result["headers"]["x-request-id"] == "given"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["%", "/", "\ud800", "é"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places_in(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inside = value.items() if isinstance(value, dict) else ()
    return [path, *(place for key, each in inside for place in places_in(each, (*path, key)))]


def replaced(value: Any, path: tuple[str, ...], by: Any) -> Any:
    if not path:
        return by
    return (
        {**value, path[0]: replaced(value[path[0]], path[1:], by)}
        if isinstance(value, dict) and path[0] in value
        else value
    )


@st.composite
def mutilated(draw: st.DrawFn) -> Json:
    """An event with other values in some places."""
    event = event_of(draw(st.sampled_from([*SOURCES])), draw(st.sampled_from([CREATE, LIST])))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from([place for place in places_in(event) if place]))
        event = replaced(event, place, draw(JSON))
    return event


@given(event=mutilated())
@settings(max_examples=400, deadline=None)
def test_any_values_in_any_places_of_an_event_are_answered(handler: Handler, event: Json) -> None:
    is_http = source_of(event) is not None

    result = handler(event, None)

    assert isinstance(result, dict)
    if is_http:
        assert result["statusCode"] in {200, 201, 302, 400, 404, 405, 409, 413, 415}, result
        assert isinstance(result["body"], str)
    else:
        assert "statusCode" not in result
    json.dumps(result)


@given(
    event=st.dictionaries(
        st.sampled_from(
            [*OPTIONAL, "type", "version", "method", "path", "httpMethod", "rawPath", "raw_path", "requestContext"]
        ),
        JSON,
    )
)
@settings(max_examples=400, deadline=None)
def test_any_event_is_answered(handler: Handler, event: Json) -> None:
    result = handler(event, None)

    assert ("statusCode" in result) is (source_of(event) is not None)
    assert result.get("statusCode", 400) < 500
