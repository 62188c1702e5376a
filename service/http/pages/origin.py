"""Whether a browser sent a form from a page of this service, by what the browser says of it (ADR 14)."""

import re
from typing import Final, Protocol

_OURS: Final = frozenset(("same-origin", "none"))
_ORIGIN: Final = re.compile(r"(https?)://([^/?#@\s]+)(?=[/?#]|$)", re.IGNORECASE)
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


class Headers(Protocol):
    """A request's headers. A name can occur more than once."""

    def getall(self, key: str, default: list[str]) -> list[str]: ...


def is_from_here(headers: Headers, trusted_hops: int) -> bool:
    """Whether the browser says that the form comes from our own origin, or says nothing about it.

    The first of these headers that was sent decides: `Sec-Fetch-Site`, which no script can set and which browsers send
    over HTTPS; `Origin`; `Referer`. An origin is ours if its host and port are those that the browser asked for. If
    none of them was sent, the form's token has to do: `FormTokens` checks it in any case.
    """
    sites = headers.getall("sec-fetch-site", [])
    if sites:
        return _OURS.issuperset(sites)
    sources = headers.getall("origin", []) or [_origin_of(each) for each in headers.getall("referer", []) if each]
    hosts = _asked_for(headers, trusted_hops)
    return all(_is_one_of(hosts, source) for source in sources)


def _asked_for(headers: Headers, trusted_hops: int) -> list[str]:
    """The hosts that the browser may have asked for: `Host`, and what our own proxies say it was before them."""
    hosts = headers.getall("host", [])
    if trusted_hops:
        forwarded = ",".join(headers.getall("x-forwarded-host", []))
        hosts = [*hosts, *(each.strip() for each in forwarded.split(",")[-trusted_hops:])]
    return [host.lower() for host in hosts if host]


def _is_one_of(hosts: list[str], origin: str) -> bool:
    match = _ORIGIN.fullmatch(origin)
    if match is None:  # `null`, or not an origin
        return False
    scheme, host = match[1].lower(), match[2].lower()
    port = _DEFAULT_PORTS[scheme]
    return host.removesuffix(port) in {each.removesuffix(port) for each in hosts}


def _origin_of(address: str) -> str:
    match = _ORIGIN.match(address)
    return match[0] if match else address
