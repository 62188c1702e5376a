"""The load balancer as this machine calls it: each request to one unit, chosen by the preview header."""

import json
import shlex
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from deploy.errors import DeployError
from deploy.units import Unit

PREVIEW: Final = "x-preview-unit"
_PATIENCE_SECONDS: Final = 10
_REACHED_SECONDS: Final = 3
_REMEDY: Final = "It has to print an access token, and nothing else."


@dataclass(frozen=True, slots=True)
class Answered:
    """What one request came to."""

    failed: bool
    """Whether the unit answered with a server error, or not at all."""
    seconds: float


@dataclass(frozen=True, slots=True)
class LoadBalancer:
    """The load balancer at its URL, or behind another server that gets the requests."""

    url: str
    connect_to: str | None
    token: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """What requests have in the header Host."""
        return urlsplit(self.url).netloc

    @property
    def address(self) -> str:
        """The URL that this machine connects to."""
        return self.connect_to or self.url

    def answers(self) -> bool:
        """Whether this machine reaches the service through it, and not a proxy or another program at that address."""
        try:
            status, body = self._send("/api/health", {}, _REACHED_SECONDS)
            about = json.loads(body)
        except (OSError, HTTPException, ValueError):
            return False
        return status == HTTPStatus.OK and isinstance(about, dict) and "runtime" in about

    def get(self, path: str, unit: Unit) -> Answered:
        """Send a request to a unit."""
        headers = {PREVIEW: unit.stack} | ({"authorization": f"Bearer {self.token}"} if self.token else {})
        start = time.monotonic()
        try:
            failed = self._send(path, headers, _PATIENCE_SECONDS)[0] >= HTTPStatus.INTERNAL_SERVER_ERROR
        except (OSError, HTTPException):
            failed = True
        return Answered(failed, time.monotonic() - start)

    def _send(self, path: str, headers: dict[str, str], patience: float) -> tuple[int, bytes]:
        parts = urlsplit(self.address)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        with closing(kind(parts.hostname or "", parts.port, timeout=patience)) as connection:
            connection.request("GET", path, headers={"host": self.host, **headers})
            response = connection.getresponse()
            return response.status, response.read()


def token_of(command: str | None) -> str:
    """Return the token that a command prints; an empty one without a command. Raises `DeployError`."""
    if command is None:
        return ""
    try:
        ended = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603  # the caller gives it
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise DeployError(f"--token-command failed: {error}.", _REMEDY) from error
    token = ended.stdout.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise DeployError("--token-command printed no token.", _REMEDY)
    return token
