"""One request as each source of Lambda events would deliver it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A request as a caller sends it: path and query in his own spelling."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def all_headers(self) -> dict[str, str]:
        return {"host": "[2001:db8::1]:8443", "x-forwarded-for": "6.6.6.6, 203.0.113.9", **self.headers}


def _body(call: Call, *, base64_encoded: bool = False) -> Json:
    if base64_encoded:
        return {"body": base64.b64encode(call.body.encode()).decode(), "isBase64Encoded": True}
    return {"body": call.body, "isBase64Encoded": False}


def alb(call: Call) -> Json:
    pairs = [pair.partition("=") for pair in call.query.split("&") if pair]
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:..."}},
        "httpMethod": call.method,
        "path": call.path,
        "queryStringParameters": {name: value for name, _, value in pairs},
        "headers": call.all_headers,
        **_body(call),
    }


def alb_multi_value(call: Call) -> Json:
    event = alb(call)
    many: dict[str, list[str]] = {}
    for pair in call.query.split("&") if call.query else []:
        name, _, value = pair.partition("=")
        many.setdefault(name, []).append(value)
    del event["queryStringParameters"], event["headers"]
    headers = {name: [value] for name, value in call.all_headers.items()}
    return {
        **event,
        "multiValueQueryStringParameters": many,
        "multiValueHeaders": headers,
        **_body(call, base64_encoded=True),
    }


def rest_api(call: Call) -> Json:
    many: dict[str, list[str]] = {}
    for name, value in parse_qsl(call.query, keep_blank_values=True):
        many.setdefault(name, []).append(value)
    return {
        "resource": "/{proxy+}",
        "path": call.path,
        "httpMethod": call.method,
        "requestContext": {"stage": "prod", "path": f"/prod{call.path}", "identity": {"sourceIp": "203.0.113.9"}},
        "queryStringParameters": {name: values[-1] for name, values in many.items()} or None,
        "multiValueQueryStringParameters": many or None,
        "headers": call.all_headers,
        "multiValueHeaders": {name: [value] for name, value in call.all_headers.items()},
        **_body(call),
    }


def _version_2(call: Call, path: str, stage: str, domain: str) -> Json:
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": call.query,
        "cookies": ["a=1", "b=2"],
        "headers": call.all_headers,
        "requestContext": {
            "stage": stage,
            "domainName": domain,
            "http": {"method": call.method, "path": path, "sourceIp": "203.0.113.9"},
        },
        **_body(call, base64_encoded=True),
    }


def http_api(call: Call) -> Json:
    return _version_2(call, unquote(call.path), "$default", "abc.execute-api.eu-central-1.amazonaws.com")


def http_api_with_stage(call: Call) -> Json:
    return _version_2(call, f"/prod{unquote(call.path)}", "prod", "abc.execute-api.eu-central-1.amazonaws.com")


def function_url(call: Call) -> Json:
    return _version_2(call, call.path, "$default", "abc.lambda-url.eu-central-1.on.aws")


def behind_a_base_path(event: Json) -> Json:
    """The same event through a custom domain that maps `/shop` to the API, whose route is `/{proxy+}`."""
    proxy = {"pathParameters": {"proxy": (event.get("rawPath") or event["path"]).removeprefix("/")}}
    if "rawPath" in event:
        return {**event, **proxy, "rawPath": f"/shop{event['rawPath']}", "routeKey": "ANY /{proxy+}"}
    return {**event, **proxy, "path": f"/shop{event['path']}"}


SOURCES: dict[str, Callable[[Call], Json]] = {
    source.__name__: source for source in (alb, alb_multi_value, rest_api, http_api, http_api_with_stage, function_url)
}
