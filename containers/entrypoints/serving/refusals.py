"""The response to what is not served, and the address of its sender."""

import json
from http import HTTPStatus
from typing import Any, Final

MAPPED_IPV4: Final = "::ffff:"


def unmapped(address: Any) -> Any:
    """An IPv4 address as such where a socket for both families has it as part of IPv6 (RFC 4291, 2.5.5.2)."""
    if address and address[0].startswith(MAPPED_IPV4):
        return address[0].removeprefix(MAPPED_IPV4), address[1]
    return address


def refusal(status: int) -> bytes:
    """Return a response with this status that closes the connection."""
    phrase = HTTPStatus(status).phrase
    body = json.dumps({"type": "about:blank", "title": phrase, "status": status}).encode()
    head = (
        f"HTTP/1.1 {status} {phrase}\r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
