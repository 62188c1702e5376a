"""The issuer's keys, kept: fetched when they are needed, by one fetch at a time, which delays as few as possible."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import time
from typing import TYPE_CHECKING, Final

import structlog

from service.application.deadline import seconds_left, waiting_for
from service.application.ports import IssuerTrouble
from service.domain.errors import IssuerUnavailable

if TYPE_CHECKING:  # the first token loads it
    from service.adapters.oidc.keys import PublicKey

FETCH_SECONDS: Final = 5.0
"""How long a fetch may take. It goes on when those who wait for it have given up, for those who come later."""
WAIT_SECONDS: Final = 1.0
"""How long a request waits for keys without which it cannot be checked: half of its deadline."""
REFRESH_SECONDS: Final = 600.0
"""The age of keys after which they are fetched anew, while requests go on with those that are there."""
REFRESH_WAIT_SECONDS: Final = 0.3
"""How long the request that begins such a fetch waits for it. On Lambda nothing happens between two requests."""
LONGEST_USE_SECONDS: Final = 24 * 3600.0
"""How old keys may become while the issuer cannot be reached."""
PAUSE_SECONDS: Final = 30.0
"""Between two fetches for key ids that are unknown, and between two after one that failed."""

logger = structlog.get_logger("shapeshift.auth")

FetchKeys = Callable[[], Awaitable[Sequence["PublicKey"]]]
"""Raises `IssuerTrouble`."""


class KeyCache:
    """Keeps the keys of one issuer.

    A key id that is unknown may be that of a new key, so it causes a fetch, but not more than one in 30 seconds: ids
    cost nothing to make up. Without any keys, a fetch that failed is repeated after one second, then after two, and on.
    """

    def __init__(self, fetch: FetchKeys, now: Callable[[], float] = time) -> None:
        """`now` returns the seconds of Unix: a function's own clock may stand still between two requests."""
        self._fetch = fetch
        self._now = now
        self._fetched_at = float("-inf")
        self._unknown_from = float("-inf")
        self._retry_from = float("-inf")
        self._failures = 0
        self._trouble = IssuerTrouble("the issuer's keys were not fetched in time")
        self._fetching: asyncio.Task[None] | None = None
        self.keys: Sequence[PublicKey] = ()

    async def get(self, key_id: str | None) -> Sequence["PublicKey"]:
        """Return the keys that may have that id: all keys where it is None, none where it is unknown.

        Raises `IssuerUnavailable` where there are no keys, or only keys that are too old.
        """
        now = self._now()
        age = now - self._fetched_at
        if age >= LONGEST_USE_SECONDS:
            await self._fetched(WAIT_SECONDS, may_begin=now >= self._retry_from)
            if self._now() - self._fetched_at >= LONGEST_USE_SECONDS:
                raise IssuerUnavailable from self._trouble
        elif not self._named(key_id):
            may_begin = now >= self._unknown_from
            if may_begin:
                self._unknown_from = now + PAUSE_SECONDS
            await self._fetched(WAIT_SECONDS, may_begin=may_begin)
        elif age >= REFRESH_SECONDS and now >= self._retry_from and not self._is_fetching:
            await self._fetched(REFRESH_WAIT_SECONDS, may_begin=True)
        return self._named(key_id)

    @property
    def _is_fetching(self) -> bool:
        return self._fetching is not None and not self._fetching.done()

    def _named(self, key_id: str | None) -> Sequence["PublicKey"]:
        return self.keys if key_id is None else [key for key in self.keys if key.key_id == key_id]

    async def _fetched(self, seconds: float, *, may_begin: bool) -> None:
        """Wait for the fetch under way, or for one that begins now if it may; no longer than that."""
        if not self._is_fetching:
            if not may_begin:
                return
            # A task of its own: it goes on for the others when the request that began it is cancelled.
            self._fetching = asyncio.create_task(self._replace())
        assert self._fetching  # noqa: S101  # for mypy
        waiting_for("the keys of the issuer")
        await asyncio.wait([self._fetching], timeout=seconds_left(seconds))
        waiting_for("")

    async def _replace(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                self.keys = await self._fetch()
        except IssuerTrouble as trouble:
            self._note(trouble)
        except TimeoutError:
            self._note(IssuerTrouble(f"the issuer did not send its keys within {FETCH_SECONDS:g} s"))
        else:
            self._fetched_at, self._failures = self._now(), 0

    def _note(self, trouble: IssuerTrouble) -> None:
        self._trouble = trouble
        pause = PAUSE_SECONDS if self.keys else min(PAUSE_SECONDS, 2.0**self._failures)
        self._failures += 1
        self._retry_from = self._now() + pause
        logger.warning("the issuer's keys cannot be fetched", cause=str(trouble), next_fetch_seconds=pause)
