"""Builds calls: with a JSON body, and the headers that every request has."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from parity.calls import Call, CallSequence, Headers
from parity.events import PEER

KEY: Final = "idempotency-key"
JSON: Final[Headers] = (("content-type", "application/json"),)


def ask(label: str, method: str, path: str, query: str = "", *headers: tuple[str, str]) -> Call:
    """A call without a body."""
    return Call(label, method, path, query, headers)


def send(label: str, method: str, path: str, body: Any, *headers: tuple[str, str]) -> Call:
    """A call with a body: bytes as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Call(label, method, path, headers=headers or JSON, body=content)


def with_usual_headers(name: str, calls: Iterable[Call], trusted_hops: int) -> CallSequence:
    """The calls with a host, an id of their own and a client, where they say nothing else.

    For an app that trusts one proxy, each comes from another client; for one that trusts none, from the peer.
    """
    built = []
    for number, call in enumerate(calls):
        client = f"203.0.113.{number % 256}" if trusted_hops else PEER
        usual = {
            "host": "shop.example",
            "x-request-id": f"{name}-{call.label}",
            "x-forwarded-for": f"198.51.100.7, {client}",
        }
        missing = [(header, value) for header, value in usual.items() if not call.values(header)]
        built.append(replace(call, headers=(*missing, *call.headers)))
    return CallSequence(name, built, trusted_hops)
