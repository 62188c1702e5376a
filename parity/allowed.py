"""Everything in which answers may differ, and why. Nothing else is overlooked, anywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from parity.calls import Answer, Call
from parity.cells import Cell
from parity.normalising import without_date, without_made_id, without_page, without_runtime_and_store
from parity.receiving import (
    grouped_by_spelling,
    headers_joined,
    last_header_of_each,
    last_parameter_of_each,
    path_decoded,
    text_replaced,
)


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


ALLOWED: Final = (
    Allowance(
        "the header date, through uvicorn",
        "the server adds it; in front of a function the load balancer or the gateway does",
        normalised=without_date,
    ),
    Allowance(
        "runtime and store in the answer of /api/health, and its length",
        "it says what the process is; that each names its own runtime and store is compared",
        normalised=without_runtime_and_store,
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
        as_received=last_header_of_each,
    ),
    Allowance(
        "ALB and VPC Lattice v1: all but the last of repeated query parameters",
        "without multi-value headers, and in version 1, their events keep only these",
        as_received=last_parameter_of_each,
    ),
    Allowance(
        "ALB with multi-value headers and VPC Lattice v2: the order of query parameters of different spelling",
        "their events list the values by the name as it was spelled",
        as_received=grouped_by_spelling,
    ),
    Allowance(
        "API Gateway v2: whether a slash in the path was spelled %2F",
        "its events carry the path decoded",
        as_received=path_decoded,
    ),
    Allowance(
        "API Gateway v2, function URL and VPC Lattice v1: whether a header was repeated or joined with commas",
        "their events join repeated headers, and cookies with semicolons",
        as_received=headers_joined,
    ),
    Allowance(
        "events: bytes that are no UTF-8 in a body that is sent as text",
        "an event is JSON, which has no such bytes; API Gateway v1 sends every body as text",
        as_received=text_replaced,
    ),
    Allowance(
        "the statuses 408, 500 and 503 are not part of the corpus",
        "they come of time, faults and outages, not of requests; the tests of each store and runtime cause them",
    ),
    Allowance(
        "a sequence with an answer 503 is played again, up to three times in all",
        "the machine was too slow for the service's deadline of two seconds; what stays 503 is a difference",
    ),
)


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
