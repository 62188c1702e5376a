"""Events of Lambda for the requests that are measured, with the headers that a browser's or a client's request has."""

import json
from typing import Any

from parity.calls import Call, Headers
from parity.events import SOURCES

NUMBER = "0000000000"
"""Stands in an event for a number that no other event has."""

_HEADERS: Headers = (
    ("host", "shop.example.com"),
    ("accept", "application/json"),
    ("accept-encoding", "gzip, deflate, br"),
    ("user-agent", "python-httpx/0.28.1"),
    ("x-amzn-trace-id", "Root=1-67a1b2c3-0123456789abcdef01234567"),
    ("x-forwarded-for", "203.0.113.7"),
    ("x-forwarded-port", "443"),
    ("x-forwarded-proto", "https"),
)


def get_user(source: str, user_id: str) -> dict[str, Any]:
    """The event that asks for a user."""
    return SOURCES[source].event(Call("get", "GET", f"/api/users/{user_id}", headers=_HEADERS))


def create_user(source: str, name: str = "Ada Lovelace") -> dict[str, Any]:
    """The event that creates a user with an address of their own, if that is their name."""
    body = json.dumps({"name": name, "email": f"ada.{NUMBER}@example.com"}).encode()
    headers = (*_HEADERS, ("content-type", "application/json"))
    return SOURCES[source].event(Call("create", "POST", "/api/users", headers=headers, body=body))
