"""Headers as events carry them in, and as sources of events take them back."""

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any, Final

from containers.entrypoints.events.reading import Pairs

Event = Mapping[str, Any]
WriteHeaders = Callable[[Event, Pairs], dict[str, Any]]
"""From the event and the response's headers to the members of the result that hold these."""

COOKIE: Final = "set-cookie"


def in_lower_case(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Request headers with their names in lower case, and repeated cookies as one header (RFC 9113, 8.2.3)."""
    headers = [(name.lower(), value) for name, value in pairs]
    cookies = [value for name, value in headers if name == "cookie"]
    if len(cookies) < 2:  # noqa: PLR2004  # there is nothing to join
        return headers
    return [*(header for header in headers if header[0] != "cookie"), ("cookie", "; ".join(cookies))]


def last_forwarded_for(headers: Pairs) -> str:
    """The address that a load balancer has added to X-Forwarded-For, or `-`."""
    forwarded = [value for name, value in headers if name == "x-forwarded-for"]
    return (forwarded[-1].rpartition(",")[2].strip() if forwarded else "") or "-"


def by_name(headers: Pairs) -> dict[str, list[str]]:
    """All values of each header."""
    many: dict[str, list[str]] = {}
    for name, value in headers:
        many.setdefault(name, []).append(value)
    return many


def joined(headers: Pairs) -> dict[str, str]:
    """Each header once; the values of repeated ones are joined with commas (RFC 9110, 5.3)."""
    once = dict(headers)
    return once if len(once) == len(headers) else {name: ", ".join(values) for name, values in by_name(headers).items()}


def without_cookies(headers: Pairs) -> tuple[Pairs, list[str]]:
    """The headers that may be joined, and the values of Set-Cookie, which may not."""
    return [pair for pair in headers if pair[0] != COOKIE], [value for name, value in headers if name == COOKIE]


def takes_many(event: Event) -> bool:
    """Whether the source reads headers with several values each, as it sends them; null counts as absent."""
    return event.get("multiValueHeaders") is not None


def one_value_each(_: Event, headers: Pairs) -> dict[str, Any]:
    """For sources that take one value for a name: each further Set-Cookie has its name spelled in another case.

    Names of headers are the same in any case, but members of a JSON object are not.
    """
    others, cookies = without_cookies(headers)
    if not cookies:
        return {"headers": joined(others)}
    spellings = map("".join, product(*(dict.fromkeys((letter, letter.upper())) for letter in COOKIE)))
    return {"headers": {**joined(others), **dict(zip(spellings, cookies, strict=False))}}
