"""Which address a request came from, for the log."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

from service.http.asgi import Scope

UNKNOWN: Final = "-"

_LONGEST: Final = 64  # an IPv6 address has at most 45 characters, to which brackets, a port and a zone may come
_MOST_ENTRIES: Final = 32
_ADDRESS: Final = re.compile(r"(?:\[(?P<v6>[^\]]*)\]|(?P<v4>[0-9.]+))(?::[0-9]{1,5})?|(?P<bare>.*)", re.DOTALL)


def client_address(scope: Scope, trusted_hops: int) -> str:
    """The IP address that the outermost trusted proxy saw, or `-`.

    Entries further left in X-Forwarded-For are what the caller claims. With fewer entries than trusted proxies, the
    leftmost is the best that is known; with none, the address of the connection.
    """
    entries = _forwarded_for(scope["headers"]) if trusted_hops else []
    if entries:
        seen = entries[-trusted_hops] if len(entries) >= trusted_hops else entries[0]
        return ip_or_unknown(seen[: _LONGEST + 1].decode("latin-1"))
    client = scope["client"]
    return ip_or_unknown(client[0]) if client else UNKNOWN


def _forwarded_for(headers: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    """The last entries, without empty ones (RFC 9110, 5.6.1.2)."""
    values = [value for name, value in headers if name == b"x-forwarded-for"]
    if not values:
        return []
    entries = map(bytes.strip, b",".join(values).rsplit(b",", _MOST_ENTRIES))
    return [entry for entry in entries if entry]


def ip_or_unknown(text: str) -> str:
    """Return the IP address in a string in its usual form, without port and zone (`[fe80::1%eth0]:80`); or `-`.

    An IPv4 address that a socket for both families shows as IPv6 is shown as IPv4.
    """
    return _normalised(text) if len(text) <= _LONGEST else UNKNOWN


@lru_cache(maxsize=1024)
def _normalised(text: str) -> str:
    match = _ADDRESS.fullmatch(text)
    host = next(each for each in match.groups() if each is not None) if match else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or address)
    return str(address)
