"""What is left of a call once an entrance has lost what it loses."""

from dataclasses import replace
from itertools import groupby
from typing import Final
from urllib.parse import quote, unquote

from parity.calls import Call
from parity.cells import SERVER, Cell
from parity.events import is_sent_as_text

_JOINING: Final = frozenset(("http_api", "http_api_with_stage", "function_url", "lattice_v1"))


def last_header_of_each(cell: Cell, call: Call) -> Call:
    """The call with the last of each repeated header."""
    headers = {name.lower(): (name, value) for name, value in call.headers}
    if cell.entrance != "alb" or len(headers) == len(call.headers):
        return call
    return replace(call, headers=tuple(headers.values()))


def last_parameter_of_each(cell: Cell, call: Call) -> Call:
    """The call with the last of each repeated parameter."""
    last = dict(_pairs(call.query))
    if cell.entrance not in {"alb", "lattice_v1"} or len(last) == len(_pairs(call.query)):
        return call
    return replace(call, query="&".join(last.values()))


def grouped_by_spelling(cell: Cell, call: Call) -> Call:
    """The call with its parameters grouped by their names."""
    if cell.entrance not in {"alb_multi_value", "lattice_v2"}:
        return call
    first_seen = list(dict(_pairs(call.query)))
    pairs = sorted(_pairs(call.query), key=lambda pair: first_seen.index(pair[0]))
    return call if pairs == _pairs(call.query) else replace(call, query="&".join(pair for _, pair in pairs))


def path_decoded(cell: Cell, call: Call) -> Call:
    """The call with its path decoded."""
    if cell.entrance not in {"http_api", "http_api_with_stage"} or "%2f" not in call.path.lower():
        return call
    return replace(call, path=quote(unquote(call.path)))


def headers_joined(cell: Cell, call: Call) -> Call:
    """The call with repeated headers joined."""
    names = [name.lower() for name, _ in call.headers]
    if cell.entrance not in _JOINING or len({*names}) == len(names):
        return call
    by_name = groupby(sorted(call.headers, key=lambda pair: pair[0].lower()), key=lambda pair: pair[0].lower())
    separators = {"cookie": "; "}
    return replace(
        call,
        headers=tuple((name, separators.get(name, ",").join(value for _, value in pairs)) for name, pairs in by_name),
    )


def text_replaced(cell: Cell, call: Call) -> Call:
    """The call with what is not UTF-8 in its body replaced."""
    if cell.entrance == SERVER or not (cell.entrance == "rest_api" or is_sent_as_text(call)):
        return call
    replaced = call.body.decode("utf-8", "replace").encode()
    return call if replaced == call.body else replace(call, body=replaced)


def _pairs(query: str) -> list[tuple[str, str]]:
    """The parameters of a query by the name as it is spelled, each with its own spelling."""
    return [(pair.partition("=")[0], pair) for pair in query.split("&") if pair]
