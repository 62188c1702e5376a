"""One request to the issuer, over a connection of its own."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from service.adapters.aws.answers import NotFromAws
from service.adapters.aws.connection import CONNECT_SECONDS, Connection, NoAnswer, open_connection
from service.adapters.aws.endpoint import Endpoint
from service.application.ports import IssuerTrouble

LONGEST_ANSWER: Final = 512 * 1024
"""In bytes. Key sets and tokens have a few thousand."""

_OK: Final = 200


class Answer(NamedTuple):
    """The status, and the JSON object of the body: empty if that is none."""

    status: int
    content: Mapping[str, Any]


async def send(url: str, form: str | None = None, **headers: str) -> Answer:
    """Send a GET, or a POST of a form, and return the answer. Raises `IssuerTrouble`."""
    parts = urlsplit(url)
    tls = await _tls(parts.scheme)
    endpoint = Endpoint(parts.hostname or "", parts.port or (443 if tls else 80), tls)
    body = b"" if form is None else form.encode()
    lines = [
        f"{'GET' if form is None else 'POST'} {parts.path or '/'}{f'?{parts.query}' if parts.query else ''} HTTP/1.1",
        f"host: {endpoint.authority}",
        "accept: application/json",
        "connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if form is not None:
        lines += ["content-type: application/x-www-form-urlencoded", f"content-length: {len(body)}"]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    connection = await _connect(endpoint)
    try:
        response = await connection.exchange(head + body)
    except (NoAnswer, NotFromAws) as error:
        raise IssuerTrouble(f"no answer from {endpoint.authority}: {error}") from None
    finally:
        connection.abort()
    return Answer(response.status, _json_object(response.body))


async def get_json(url: str) -> Mapping[str, Any]:
    """Return the JSON object at a URL. Raises `IssuerTrouble` for anything else."""
    answer = await send(url)
    if answer.status != _OK or not answer.content:
        raise IssuerTrouble(f"{url} returned status {answer.status}, {'' if answer.content else 'not '}a JSON object")
    return answer.content


async def _tls(scheme: str) -> ssl.SSLContext | None:
    """The certificates that are trusted are the system's, or those that SSL_CERT_FILE names."""
    return await asyncio.to_thread(ssl.create_default_context) if scheme == "https" else None


async def _connect(endpoint: Endpoint) -> Connection:
    where = f"no connection to {endpoint.authority}"
    try:
        return await open_connection(endpoint)
    except TimeoutError:
        advice = "is there a route to it? Without one, set auth_jwks to the key set itself"
        raise IssuerTrouble(f"{where} within {CONNECT_SECONDS:g} s; {advice}") from None
    except ssl.SSLError as error:
        advice = "SSL_CERT_FILE names the certificates that are trusted"
        raise IssuerTrouble(f"{where}: {error.reason or error}; {advice}") from None
    except OSError as error:
        raise IssuerTrouble(f"{where}: {error.strerror or error}") from None


def _json_object(body: bytes) -> Mapping[str, Any]:
    if len(body) > LONGEST_ANSWER:
        return {}
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
