"""Whether this process should be sent requests."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from service.application.ports import Repository
from service.domain.errors import StoreUnavailable

logger = logging.getLogger("shapeshift.health")

CACHE_SECONDS: Final = 1.0
PING_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Readiness:
    """What each check found: `ok`, or what is wrong in a word."""

    checks: Mapping[str, str]

    @property
    def ready(self) -> bool:
        """Whether requests will be served."""
        return all(found == "ok" for found in self.checks.values())


class CheckReadiness:
    """Say whether this process can serve requests.

    - Each repository must answer within a second; what it answered holds for a second, so that probes cost it nothing.
    - A process that is draining is not ready, though it still serves what reaches it.
    """

    def __init__(self, repositories: Mapping[str, Repository]) -> None:
        self._repositories = repositories
        self._found: Mapping[str, str] = {}
        self._fresh_until = float("-inf")
        self.draining = False

    async def __call__(self) -> Readiness:
        now = asyncio.get_running_loop().time()
        if now >= self._fresh_until:
            found = await asyncio.gather(*map(_ping, self._repositories.values()))
            self._found = dict(zip(self._repositories, found, strict=True))
            self._fresh_until = now + CACHE_SECONDS
        return Readiness({**self._found, "process": "draining" if self.draining else "ok"})


async def _ping(repository: Repository) -> str:
    try:
        async with asyncio.timeout(PING_SECONDS):
            await repository.ping()
    except (StoreUnavailable, TimeoutError) as error:
        logger.warning("%s is not ready: %r", type(repository).__name__, error.__cause__ or error)
        return "unavailable"
    return "ok"
