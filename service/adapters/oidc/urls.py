"""Which URLs are safe to fetch keys from, or to send a code or a password to."""

from ipaddress import ip_address
from re import fullmatch
from typing import Final
from urllib.parse import urlsplit

_CHARACTERS: Final = r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+"  # RFC 3986, 2


def problem_of_url(url: str) -> str:
    """Return what is wrong with a URL, to continue a sentence about it; empty for one that can be used.

    It begins with https; with http only for this machine (RFC 8252, 7.3).
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not a URL"
    if parts.scheme not in {"https", "http"} or not host or not fullmatch(_CHARACTERS, url):
        return "is not a URL of the form https://host/path"
    if parts.username is not None or parts.fragment:
        return "must have neither a user name nor a fragment"
    if parts.scheme == "http" and not _is_loopback(host):
        return "must begin with https: http is accepted on loopback only"
    return ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
