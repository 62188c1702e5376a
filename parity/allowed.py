"""Everything in which answers may differ, and why. Nothing else is overlooked, anywhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final
from urllib.parse import quote, unquote

from parity.calls import Answer, Call, Headers
from parity.cells import SERVER, Cell
from parity.events import is_sent_as_text

FIT_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")

_MADE_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_JOINING: Final = frozenset(("http_api", "http_api_with_stage", "function_url", "lattice_v1"))


@dataclass(frozen=True)
class Allowance:
    """A difference that is allowed, in one of two ways.

    `normalised` takes it out of an answer, of the reference's as of the cell's. `as_received` is what is left of a call
    once the entrance has lost what it loses: the answer has to equal the reference's answer to that.
    """

    what: str
    why: str
    normalised: Callable[[Cell, Call, Answer], Answer] = lambda _cell, _call, answer: answer
    as_received: Callable[[Cell, Call], Call] = lambda _cell, call: call


def _without_date(cell: Cell, _call: Call, answer: Answer) -> Answer:
    date = ("date", answer.value("date"))
    if cell.entrance != SERVER or date not in answer.headers:
        return answer
    at = answer.headers.index(date)
    return replace(answer, headers=(*answer.headers[:at], *answer.headers[at + 1 :]))


def _without_runtime_and_store(cell: Cell, call: Call, answer: Answer) -> Answer:
    if unquote(call.path) != "/api/health" or answer.status != 200:  # noqa: PLR2004  # OK
        return answer
    own = f'"runtime":"{cell.runtime}","store":"{cell.store}"'.encode()
    length = answer.value("content-length") or "0"
    return replace(
        answer,
        body=answer.body.replace(own, b'"runtime":"...","store":"..."'),
        headers=_replaced(answer.headers, "content-length", length, f"{int(length) - len(own)} and the names"),
    )


def without_made_id(call: Call, answer: Answer) -> Answer:
    """The answer without a request id that the service had to make."""
    made = answer.value("x-request-id")
    given = call.values("x-request-id")
    if (len(given) == 1 and FIT_REQUEST_ID.fullmatch(given[0])) or not _MADE_ID.fullmatch(made):
        return answer
    return replace(
        answer,
        headers=_replaced(answer.headers, "x-request-id", made, "made"),
        body=answer.body.replace(f'"urn:request:{made}"'.encode(), b'"urn:request:made"'),
        logged=answer.logged
        and {name: "made" if (name, value) == ("request_id", made) else value for name, value in answer.logged.items()},
    )


def without_page(answer: Answer) -> Answer:
    """The answer without what it shows to people, where that is a web page."""
    if not answer.value("content-type").startswith("text/html"):
        return answer
    own = {"content-length", "set-cookie"}
    return replace(answer, body=b"", headers=tuple(pair for pair in answer.headers if pair[0] not in own))


def _last_header_of_each(cell: Cell, call: Call) -> Call:
    headers = {name.lower(): (name, value) for name, value in call.headers}
    if cell.entrance != "alb" or len(headers) == len(call.headers):
        return call
    return replace(call, headers=tuple(headers.values()))


def _last_parameter_of_each(cell: Cell, call: Call) -> Call:
    last = dict(_pairs(call.query))
    if cell.entrance not in {"alb", "lattice_v1"} or len(last) == len(_pairs(call.query)):
        return call
    return replace(call, query="&".join(last.values()))


def _grouped_by_spelling(cell: Cell, call: Call) -> Call:
    if cell.entrance not in {"alb_multi_value", "lattice_v2"}:
        return call
    first_seen = list(dict(_pairs(call.query)))
    pairs = sorted(_pairs(call.query), key=lambda pair: first_seen.index(pair[0]))
    return call if pairs == _pairs(call.query) else replace(call, query="&".join(pair for _, pair in pairs))


def _path_decoded(cell: Cell, call: Call) -> Call:
    if cell.entrance not in {"http_api", "http_api_with_stage"} or "%2f" not in call.path.lower():
        return call
    return replace(call, path=quote(unquote(call.path)))


def _headers_joined(cell: Cell, call: Call) -> Call:
    names = [name.lower() for name, _ in call.headers]
    if cell.entrance not in _JOINING or len({*names}) == len(names):
        return call
    by_name = groupby(sorted(call.headers, key=lambda pair: pair[0].lower()), key=lambda pair: pair[0].lower())
    separators = {"cookie": "; "}
    return replace(
        call,
        headers=tuple((name, separators.get(name, ",").join(value for _, value in pairs)) for name, pairs in by_name),
    )


def _text_replaced(cell: Cell, call: Call) -> Call:
    if cell.entrance == SERVER or not (cell.entrance == "rest_api" or is_sent_as_text(call)):
        return call
    replaced = call.body.decode("utf-8", "replace").encode()
    return call if replaced == call.body else replace(call, body=replaced)


ALLOWED: Final = (
    Allowance(
        "the header date, through uvicorn",
        "the server adds it; in front of a function the load balancer or the gateway does",
        normalised=_without_date,
    ),
    Allowance(
        "runtime and store in the answer of /api/health, and its length",
        "it says what the process is; that each names its own runtime and store is compared",
        normalised=_without_runtime_and_store,
    ),
    Allowance(
        "what a web page shows, its length and its cookie",
        "it shows its runtime and store, and holds a random token; tests in a browser use the pages on both sides",
        normalised=lambda _cell, _call, answer: without_page(answer),
    ),
    Allowance(
        "the request id of a call that has none or an invalid one",
        "the service makes a random one; that it is the same in header, body and log is compared",
        normalised=lambda _cell, call, answer: without_made_id(call, answer),
    ),
    Allowance(
        "ALB: all but the last of repeated headers",
        "without multi-value headers its events keep only these",
        as_received=_last_header_of_each,
    ),
    Allowance(
        "ALB and VPC Lattice v1: all but the last of repeated query parameters",
        "without multi-value headers, and in version 1, their events keep only these",
        as_received=_last_parameter_of_each,
    ),
    Allowance(
        "ALB with multi-value headers and VPC Lattice v2: the order of query parameters of different spelling",
        "their events list the values by the name as it was spelled",
        as_received=_grouped_by_spelling,
    ),
    Allowance(
        "API Gateway v2: whether a slash in the path was spelled %2F",
        "its events carry the path decoded",
        as_received=_path_decoded,
    ),
    Allowance(
        "API Gateway v2, function URL and VPC Lattice v1: whether a header was repeated or joined with commas",
        "their events join repeated headers, and cookies with semicolons",
        as_received=_headers_joined,
    ),
    Allowance(
        "events: bytes that are no UTF-8 in a body that is sent as text",
        "an event is JSON, which has no such bytes; API Gateway v1 sends every body as text",
        as_received=_text_replaced,
    ),
    Allowance(
        "the statuses 408, 500 and 503 are not part of the corpus",
        "they come of time, faults and outages, not of requests; the tests of each store and runtime cause them",
    ),
    Allowance(
        "a sequence with an answer 503 is played anew, up to three times in all",
        "the machine was too slow for the service's deadline of two seconds; what stays 503 is a difference",
    ),
)

FRONT_HEADERS: Final = frozenset(
    (
        "age",
        "alt-svc",
        "apigw-requestid",
        "cf-cache-status",
        "cf-ray",
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "server",
        "server-timing",
        "strict-transport-security",
        "transfer-encoding",
        "vary",
        "via",
        "x-cache",
    )
)
FRONT_PREFIXES: Final = ("x-amz-", "x-amzn-", "x-envoy-")
"""What servers, load balancers and gateways add to a live service's answers."""

LIVE_ALLOWED: Final = (
    Allowance(
        "what a web page shows, its length and its cookie",
        "it shows its runtime and store, and holds a random token; tests in a browser use the pages on both sides",
    ),
    Allowance(
        "ids, times and cursors",
        "live services make their own; each is matched with its counterpart by the call that first told it",
    ),
    Allowance(
        "the request id of a call that has none or an invalid one",
        "the service makes a random one; that it is the same in header and body is compared",
    ),
    Allowance(
        "runtime and store in the answer of /api/health",
        "it says what the process is",
    ),
    Allowance(
        "body and Link of lists that are not of one user",
        "others may use the service meanwhile; status and the other headers are compared; their pages are not walked",
    ),
    Allowance(
        "headers that servers, load balancers and gateways add, and Content-Length",
        "they belong to whoever stands in front, who may also restate the length; the bytes of the body are compared",
    ),
    Allowance(
        "an answer 4xx without X-Request-ID",
        "what stands in front refused the request before the service saw it; such answers are counted",
    ),
    Allowance(
        "calls of which some entrance loses a part, or whose Host or client is the point, are not played",
        "which entrance a live service has is not known, and its host and client are what they are",
    ),
)
"""What is overlooked between two live services."""


def normalised(cell: Cell, call: Call, answer: Answer) -> Answer:
    """The answer without what is allowed to differ."""
    for each in ALLOWED:
        answer = each.normalised(cell, call, answer)
    return answer


def as_received(cell: Cell, call: Call) -> Call:
    """What of a call comes through the entrance; most calls come through whole."""
    for each in ALLOWED:
        call = each.as_received(cell, call)
    return call


def _pairs(query: str) -> list[tuple[str, str]]:
    """The parameters of a query by the name as it is spelled, each with its own spelling."""
    return [(pair.partition("=")[0], pair) for pair in query.split("&") if pair]


def _replaced(headers: Headers, name: str, value: str, by: str) -> Headers:
    return tuple((name, by) if pair == (name, value) else pair for pair in headers)
