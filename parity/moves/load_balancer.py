"""The load balancer: each request to one unit, chosen by the preview header."""

import json
import time
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

PREVIEW: Final = "x-preview-unit"
_PATIENCE_SECONDS: Final = 10
_REACHED_SECONDS: Final = 3


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

    def get(self, path: str, unit: str) -> Answered:
        """Send a request to a unit, which is named as X-Preview-Unit does."""
        headers = {PREVIEW: unit} | ({"authorization": f"Bearer {self.token}"} if self.token else {})
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
