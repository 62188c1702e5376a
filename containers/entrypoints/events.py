"""The HTTP events of Lambda, read so that the application sees the same request whichever way it came.

What an event has lost before it reaches us cannot be given back:

- ALB without multi-value headers keeps only the last of repeated headers and query parameters.
- API Gateway v2 has decoded the path, so that `%2F` and `/` are one.
- API Gateway v1 has decoded the query, so that the caller's own spelling of it is gone.
- API Gateway v2 and function URLs join repeated headers with commas.
- ALB with multi-value headers lists query parameters by their name as spelled: the order of `a` and `%61` is gone.
- An event is JSON: a body that is sent as text has no bytes in it that are not UTF-8.

And one thing that a source cannot carry: API Gateway v1 hands base64 on as it is, unless the API lists binary media
types. It is given text only.

Sources: "Using AWS Lambda with an Application Load Balancer", "Working with AWS Lambda proxy integrations for HTTP
APIs" and "for REST APIs", "Invoking Lambda function URLs" (docs.aws.amazon.com).
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast
from urllib.parse import quote, unquote, urlencode

from service.http.pages.overview import UNSLASHED

Event = Mapping[str, Any]
Headers = list[tuple[str, str]]

Request = tuple[str, str, str, Headers, str]
"""The method, the path, the query, the headers with names in lower case, and the peer's address."""

Reader = Callable[[Event], Request]

_TEXT = ("application/json", "application/problem+json", "application/vnd.oai.openapi+json", "image/svg+xml", "text/")


class HttpEvent:
    """A handler for Mangum: from an event to an ASGI scope, and from a response to what the event's source expects."""

    def __init__(self, event: Event, context: Any, config: Any) -> None:  # noqa: ARG002  # Mangum's signature
        self._event = event
        self._context = context

    @classmethod
    def infer(cls, event: Any, context: Any = None, config: Any = None) -> bool:  # noqa: ARG003  # as above
        """Whether this is an HTTP event."""
        return isinstance(event, dict) and _reader(event) is not None

    @property
    def scope(self) -> dict[str, Any]:
        """The request as ASGI has it."""
        method, path, query, headers, peer = cast(Reader, _reader(self._event))(self._event)
        extensions = {}
        if not path:
            extensions[UNSLASHED] = _address(self._event).rpartition("/")[2]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "https",
            "path": path or "/",
            "raw_path": None,
            "root_path": "",
            "query_string": query.encode(),
            "headers": [
                (name.encode("latin-1", "replace"), value.encode("utf-8", "replace")) for name, value in headers
            ],
            "client": (peer, 0),
            "server": None,
            "extensions": extensions,
            "aws.event": self._event,
            "aws.context": self._context,
        }

    @property
    def body(self) -> bytes:
        """The request's body, whether the event has it as text or in base64."""
        body: str = self._event.get("body") or ""
        return base64.b64decode(body) if self._event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")

    def __call__(self, response: Mapping[str, Any]) -> dict[str, Any]:
        """The response in the form that the event's source reads."""
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response["headers"]]
        single = dict(headers)
        is_text = single.get("content-type", "text/").startswith(_TEXT) and "content-encoding" not in single
        body: bytes = response["body"]
        answer = {
            "statusCode": response["status"],
            "body": body.decode() if is_text else base64.b64encode(body).decode(),
            "isBase64Encoded": not is_text,
        }
        if "multiValueHeaders" not in self._event:
            return {**answer, "headers": single}
        many: dict[str, list[str]] = {}
        for name, value in headers:
            many.setdefault(name, []).append(value)
        return {**answer, "multiValueHeaders": many}


def _reader(event: Event) -> Reader | None:
    """What reads an event of this kind, if it is one of HTTP."""
    context = _context(event)
    as_proxy = "httpMethod" in event and "path" in event
    if as_proxy and "elb" in context:
        return _from_alb
    if "rawPath" in event and "method" in (context.get("http") or {}):
        return _from_v2
    return _from_v1 if as_proxy and context else None


def _context(event: Event) -> Mapping[str, Any]:
    context = event.get("requestContext")
    return context if isinstance(context, dict) else {}


def _from_alb(event: Event) -> Request:
    headers = _headers(event)
    query = "&".join(f"{name}={value}" for name, value in _parameters(event))  # as the caller spelled it
    forwarded = [value for name, value in headers if name == "x-forwarded-for"]
    peer = forwarded[-1].rpartition(",")[2].strip() if forwarded else "-"
    return event["httpMethod"], unquote(event["path"]), query, headers, peer


def _from_v1(event: Event) -> Request:
    peer = _context(event).get("identity", {}).get("sourceIp") or "-"
    query = urlencode(list(_parameters(event)), quote_via=quote)
    headers = [(name, value) for name, value in _headers(event) if name != "accept-encoding"]
    return event["httpMethod"], _below_base_path(unquote(event["path"]), event), query, headers, peer


def _from_v2(event: Event) -> Request:
    context = _context(event)
    headers = [(name.lower(), value) for name, value in event.get("headers", {}).items()]
    if event.get("cookies"):
        headers.append(("cookie", "; ".join(event["cookies"])))
    is_function_url = ".lambda-url." in context.get("domainName", "")
    raw_path = event["rawPath"]
    path = unquote(raw_path) if is_function_url else _without_stage(raw_path, context.get("stage"))
    http = context["http"]
    return (
        http["method"],
        _below_base_path(path, event),
        event.get("rawQueryString") or "",
        headers,
        http.get("sourceIp") or "-",
    )


def _without_stage(path: str, stage: str | None) -> str:
    """The path without the stage as its first segment: `/prod/x` is `/x`, but `/production/x` stays."""
    prefix = f"/{stage}"
    return path[len(prefix) :] if path == prefix or path.startswith(f"{prefix}/") else path


def _below_base_path(path: str, event: Event) -> str:
    """The path without what a custom domain maps to this API: what the route `/{proxy+}` or `/` has matched."""
    route = event.get("resource") or event.get("routeKey", "").rpartition(" ")[2]
    if route == "/":
        return "/" if _address(event).endswith("/") else ""
    if route != "/{proxy+}":
        return path
    rest = f"/{unquote((event.get('pathParameters') or {}).get('proxy') or '')}"
    return rest if path.endswith(rest) and len(rest) > 1 else path


def _address(event: Event) -> str:
    """The path as the caller's browser has it, with the stage or base path."""
    address: str = _context(event).get("path") or event.get("rawPath") or event.get("path") or ""
    return address


def _parameters(event: Event) -> Iterable[tuple[str, str]]:
    return _pairs(event, "multiValueQueryStringParameters", "queryStringParameters")


def _headers(event: Event) -> Headers:
    headers = [(name.lower(), value) for name, value in _pairs(event, "multiValueHeaders", "headers")]
    cookies = [value for name, value in headers if name == "cookie"]
    if not cookies:
        return headers
    return [*(header for header in headers if header[0] != "cookie"), ("cookie", "; ".join(cookies))]


def _pairs(event: Event, many: str, single: str) -> Iterable[tuple[str, str]]:
    if event.get(many):
        return [(name, value) for name, values in event[many].items() for value in values]
    return list((event.get(single) or {}).items())
