"""A call as each source of Lambda events delivers it.

The sources, as "Using AWS Lambda with an Application Load Balancer" (ALB user guide, "Lambda functions as targets"),
"Working with AWS Lambda proxy integrations" for REST APIs and for HTTP APIs, "Lambda function URLs", and "Lambda
functions as targets in VPC Lattice" describe them.
Where they say nothing of text that is not UTF-8, it is taken to be replaced, for an event is JSON.
"""

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote

from parity.calls import Answer, Call, Headers
from parity.event_results import from_multi_value, from_rest_api, from_single_value, from_version_2

Json = dict[str, Any]

PEER: Final = "127.0.0.1"
"""Who a call comes from that was not forwarded for anybody."""

_TEXT: Final = ("text/", "application/json", "application/javascript", "application/xml")


class Source(NamedTuple):
    """A source of events: its name for people, the event of a call, and the caller's answer out of a result."""

    title: str
    event: Callable[[Call], Json]
    answer: Callable[[Mapping[str, Any]], Answer]


def client_of(call: Call) -> str:
    """The address that the source itself sees, and adds to X-Forwarded-For."""
    return ",".join(call.values("x-forwarded-for")).rpartition(",")[2].strip() or PEER


def is_sent_as_text(call: Call) -> bool:
    """Whether a source that decides by the media type sends the body as text."""
    return next(iter(call.values("content-type")), "").lower().startswith(_TEXT)


def _alb(call: Call) -> Json:
    """A load balancer: path and query as they were spelled, names of headers in lower case."""
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:..."}},
        "httpMethod": call.method,
        "path": call.path,
        **_text_or_base64(call),
    }


def _alb_single_value(call: Call) -> Json:
    """Of what is repeated, the last."""
    return {
        **_alb(call),
        "queryStringParameters": dict(_spelled_parameters(call)),
        "headers": {name.lower(): value for name, value in _headers(call)},
    }


def _alb_multi_value(call: Call) -> Json:
    return {
        **_alb(call),
        "multiValueQueryStringParameters": _grouped(_spelled_parameters(call)),
        "multiValueHeaders": _grouped([(name.lower(), value) for name, value in _headers(call)]),
    }


def _rest_api(call: Call) -> Json:
    """A REST API (v1), without binaryMediaTypes: the body is always text; query parameters are decoded."""
    parameters = _grouped(parse_qsl(call.query, keep_blank_values=True))
    headers = _grouped(_headers(call))
    return {
        "resource": "/{proxy+}",
        "path": call.path,
        "httpMethod": call.method,
        "requestContext": {"stage": "prod", "path": f"/prod{call.path}", "identity": {"sourceIp": client_of(call)}},
        "pathParameters": {"proxy": unquote(call.path).removeprefix("/")},
        "queryStringParameters": {name: values[-1] for name, values in parameters.items()} or None,
        "multiValueQueryStringParameters": parameters or None,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "body": call.body.decode("utf-8", "replace") or None,
        "isBase64Encoded": False,
    }


def _version_2(call: Call, path: str, stage: str, domain: str) -> Json:
    """Payload format 2.0: repeated headers joined with commas, cookies apart, the query as it was spelled."""
    headers = _joined(call)
    cookie = headers.pop("cookie", None)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": call.query,
        **({} if cookie is None else {"cookies": cookie.split("; ")}),
        "headers": headers,
        "requestContext": {
            "stage": stage,
            "domainName": domain,
            "http": {"method": call.method, "path": path, "sourceIp": client_of(call)},
        },
        **(_text_or_base64(call) if call.body else {"isBase64Encoded": False}),
    }


def _http_api(call: Call) -> Json:
    """An HTTP API (v2) has decoded the path."""
    return _version_2(call, unquote(call.path), "$default", "abc.execute-api.eu-central-1.amazonaws.com")


def _http_api_with_stage(call: Call) -> Json:
    """A stage that is not the default one stands in front of the path."""
    return _version_2(call, f"/prod{unquote(call.path)}", "prod", "abc.execute-api.eu-central-1.amazonaws.com")


def _function_url(call: Call) -> Json:
    """A function URL has the form of an HTTP API's event, but leaves the path as it was spelled."""
    return _version_2(call, call.path, "$default", "abc.lambda-url.eu-central-1.on.aws")


def _lattice_v1(call: Call) -> Json:
    """Repeated headers joined with commas; of repeated query parameters, the last."""
    return {
        "raw_path": call.path,
        "method": call.method,
        "headers": _joined(call),
        "query_string_parameters": dict(_spelled_parameters(call)),
        "body": _text_or_base64(call)["body"],
        "is_base64_encoded": _text_or_base64(call)["isBase64Encoded"],
    }


def _lattice_v2(call: Call) -> Json:
    """Lists of values."""
    return {
        "version": "2.0",
        "path": call.path,
        "method": call.method,
        "headers": _grouped([(name.lower(), value) for name, value in _headers(call)]),
        "queryStringParameters": _grouped(_spelled_parameters(call)),
        "requestContext": {"serviceNetworkArn": "arn:aws:vpc-lattice:...", "identity": {}, "region": "eu-central-1"},
        **_text_or_base64(call),
    }


def _headers(call: Call) -> Headers:
    """The headers as a source hands them on. Whoever was forwarded already came by way of this source."""
    forwarded = () if call.values("x-forwarded-for") else (("x-forwarded-for", PEER),)
    return (*call.sent_headers, *forwarded)


def _joined(call: Call) -> dict[str, str]:
    """Each header once; cookies are joined with semicolons."""
    headers = _grouped([(name.lower(), value) for name, value in _headers(call)])
    return {name: ("; " if name == "cookie" else ",").join(values) for name, values in headers.items()}


def _spelled_parameters(call: Call) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (pair.partition("=") for pair in call.query.split("&") if pair)]


def _grouped(pairs: Any) -> dict[str, list[str]]:
    many: dict[str, list[str]] = {}
    for name, value in pairs:
        many.setdefault(name, []).append(value)
    return many


def _text_or_base64(call: Call) -> Json:
    if call.body and not is_sent_as_text(call):
        return {"body": base64.b64encode(call.body).decode(), "isBase64Encoded": True}
    return {"body": call.body.decode("utf-8", "replace"), "isBase64Encoded": False}


SOURCES: Final[Mapping[str, Source]] = {
    "alb": Source("ALB", _alb_single_value, from_single_value),
    "alb_multi_value": Source("ALB, multi-value headers", _alb_multi_value, from_multi_value),
    "rest_api": Source("API Gateway v1", _rest_api, from_rest_api),
    "http_api": Source("API Gateway v2", _http_api, from_version_2),
    "http_api_with_stage": Source("API Gateway v2, with a stage", _http_api_with_stage, from_version_2),
    "function_url": Source("function URL", _function_url, from_version_2),
    "lattice_v1": Source("VPC Lattice v1", _lattice_v1, from_single_value),
    "lattice_v2": Source("VPC Lattice v2", _lattice_v2, from_single_value),
}
"""The only table of sources of events."""
