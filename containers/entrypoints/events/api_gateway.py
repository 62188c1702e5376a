"""Events of API Gateway: REST APIs and payload 1.0 (v1), HTTP APIs with payload 2.0 (v2), and function URLs (like v2).

Sources: "Working with AWS Lambda proxy integrations" for REST APIs and for HTTP APIs (docs.aws.amazon.com/apigateway),
"Invoking Lambda function URLs" (docs.aws.amazon.com/lambda).
"""

from typing import Any
from urllib.parse import quote, unquote, urlencode

from containers.entrypoints.events.headers import Event, by_name, in_lower_case, joined, takes_many, without_cookies
from containers.entrypoints.events.reading import JsonObject, Pairs, Request
from containers.entrypoints.events.route import Address, own_path


def read_v1(event: JsonObject) -> Request:
    """The path as it was spelled, the query decoded.

    Base64 is passed on as it is, so that nothing may be compressed, unless the API lists binary media types.
    """
    context = event.child("requestContext")
    path = event.required("path")
    whole = context.text("path") or path
    address = Address(
        unquote(path), unquote(whole), event.text("resource"), context.text("stage"), context.text("domainName")
    )
    parameters = event.pairs("multiValueQueryStringParameters", "queryStringParameters")
    pairs = in_lower_case(event.pairs("multiValueHeaders", "headers"))
    return _request(
        event.required("httpMethod"),
        own_path(address, event),
        address.whole,
        urlencode(parameters, quote_via=quote),
        [pair for pair in pairs if pair[0] != "accept-encoding"],
        context.child("identity").text("sourceIp"),
    )


def read_v2(event: JsonObject) -> Request:
    """The query as it was spelled; the path decoded by HTTP APIs, and as it was spelled from function URLs."""
    context = event.child("requestContext")
    http = context.child("http")
    domain = context.text("domainName")
    path = event.required("rawPath")
    path = unquote(path) if ".lambda-url." in domain else path
    template = event.text("routeKey").rpartition(" ")[2]
    address = Address(path, path, template, context.text("stage"), domain)
    cookies = [("cookie", each) for each in event.strings("cookies")]
    return _request(
        http.required("method"),
        own_path(address, event),
        path,
        event.text("rawQueryString"),
        in_lower_case([*event.pairs("headers"), *cookies]),
        http.text("sourceIp"),
    )


def write_v1(event: Event, headers: Pairs) -> dict[str, Any]:
    """Headers with one value and with several: of a REST API's result both are read."""
    many = by_name(headers)
    if takes_many(event):
        return {"multiValueHeaders": many}
    repeated = {name: values for name, values in many.items() if len(values) > 1}
    once = {name: values[0] for name, values in many.items() if name not in repeated}
    return {"headers": once, "multiValueHeaders": repeated} if repeated else {"headers": once}


def write_v2(_: Event, headers: Pairs) -> dict[str, Any]:
    """Cookies apart."""
    others, cookies = without_cookies(headers)
    return {"headers": joined(others), "cookies": cookies} if cookies else {"headers": joined(others)}


def _request(method: str, path: str, whole: str, query: str, headers: Pairs, peer: str) -> Request:
    is_unslashed = path in {"", "/"} and not whole.endswith("/")
    return Request(method, path or "/", query, headers, peer or "-", whole.rpartition("/")[2] if is_unslashed else "")
