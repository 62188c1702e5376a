"""Credentials for signing, and their rotation: new ones are fetched before the present ones expire."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from math import inf
from time import time
from typing import Final

FETCH_SECONDS: Final = 3.0
"""How long a fetch takes at most. Whoever waits for it does so within their own deadline."""

_REFRESH_SECONDS_BEFORE_EXPIRY: Final = 600.0
_PAUSE_SECONDS: Final = 10.0
"""Between two fetches while the present credentials are valid."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signs requests. `expires` is in seconds of Unix."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)
    expires: float = inf


class CredentialsUnavailable(Exception):
    """There are no valid credentials; the text says why, for an operator, and contains none."""

    def __init__(self, text: str, *, passes: bool = False) -> None:
        """`passes`: whether another attempt may succeed."""
        super().__init__(text)
        self.passes = passes


Fetch = Callable[[], Awaitable[Credentials]]
"""Raises `CredentialsUnavailable`."""


class RotatingCredentials:
    """Keeps credentials. One fetch at a time; one that fails is no failure while the present ones are valid."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._present: Credentials | None = None
        self._fetch_at = 0.0
        self._fetching: asyncio.Task[None] | None = None
        self._failure = CredentialsUnavailable("no credentials were fetched", passes=True)

    async def get(self) -> Credentials:
        """Valid credentials. Raises `CredentialsUnavailable`."""
        now = time()
        if self._present and now < self._fetch_at:
            return self._present
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._replace())
        if self._present is None or now >= self._present.expires:
            await asyncio.shield(self._fetching)  # others wait for it, too
        if self._present is None or time() >= self._present.expires:
            raise self._failure
        return self._present

    async def _replace(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                self._present = await self._fetch()
        except CredentialsUnavailable as failure:
            self._failure = failure
        except TimeoutError:
            self._failure = CredentialsUnavailable("no credentials came in time", passes=True)
        finally:
            self._fetching = None
            expires = self._present.expires if self._present else 0.0
            self._fetch_at = max(expires - _REFRESH_SECONDS_BEFORE_EXPIRY, min(time() + _PAUSE_SECONDS, expires))
