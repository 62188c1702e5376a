"""Whether this process should be sent requests."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from service.application.causes import cause_of
from service.application.deadline import begin_deadline
from service.application.ports import Repository

logger = logging.getLogger("shapeshift.health")

CACHE_SECONDS: Final = 1.0
PING_SECONDS: Final = 1.0
# A ping that does not end when it is cancelled is not waited for.
_PROBE_SECONDS: Final = PING_SECONDS + 0.1

_OK: Final = "ok"
_UNAVAILABLE: Final = "unavailable"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What each repository's check found: `ok`, or what is wrong in a word; and whether the process is draining."""

    repositories: Mapping[str, str]
    draining: bool = False

    @property
    def checks(self) -> Mapping[str, str]:
        """All checks: one of each repository, and `process`."""
        return {**self.repositories, "process": "draining" if self.draining else _OK}

    @property
    def failing(self) -> Mapping[str, str]:
        """The checks that are not `ok`."""
        return {check: found for check, found in self.checks.items() if found != _OK}

    @property
    def explanation(self) -> str:
        """What fails, in a sentence."""
        return f"Not ready: {', '.join(f'{check} is {found}' for check, found in self.failing.items())}."

    @property
    def status(self) -> str:
        """`ready`; `degraded` when the requests of some repositories fail; `not ready` when no request is served."""
        if not self.failing:
            return "ready"
        return "degraded" if not self.draining and _OK in self.repositories.values() else "not ready"

    @property
    def ready(self) -> bool:
        """Whether this process should be sent requests."""
        return self.status != "not ready"


class CheckReadiness:
    """Say whether this process can serve requests.

    - Each repository must answer within a second; its answer holds for a second, and all probes share it.
    - A process whose repositories fail in part is degraded: it serves the requests of those that work.
    - A process that is draining is not ready, though it still serves what reaches it.
    """

    def __init__(self, repositories: Mapping[str, Repository[Any]]) -> None:
        self._checks = {name: _Check(name, repository) for name, repository in repositories.items()}
        self.draining = False

    async def __call__(self) -> Readiness:
        pings = {name: ping for name, check in self._checks.items() if (ping := check.ping_if_stale())}
        late = (await asyncio.wait(pings.values(), timeout=_PROBE_SECONDS))[1] if pings else ()
        found = {name: _UNAVAILABLE if pings.get(name) in late else check.found for name, check in self._checks.items()}
        return Readiness(found, self.draining)


class _Check:
    """Pings one repository: at most one ping is under way, and its result holds for a second after its end."""

    def __init__(self, name: str, repository: Repository[Any]) -> None:
        self.found = _UNAVAILABLE
        self._name = name
        self._repository = repository
        self._fresh_until = float("-inf")
        self._ping: asyncio.Task[None] | None = None

    def ping_if_stale(self) -> asyncio.Task[None] | None:
        """The ping under way, which is started if the last result is too old; None if that result still holds."""
        if self._ping is None or self._ping.done():
            loop = asyncio.get_running_loop()
            if loop.time() < self._fresh_until:
                return None
            # A task of its own: the ping goes on for the others when the probe that started it is cancelled.
            self._ping = loop.create_task(self._run())
        return self._ping

    async def _run(self) -> None:
        begin_deadline(PING_SECONDS)
        found = _UNAVAILABLE
        try:
            async with asyncio.timeout(PING_SECONDS):
                await self._repository.ping()
            found = _OK
        except Exception as error:  # noqa: BLE001  # whatever it is, this check fails and the others go on
            logger.warning("%s is not ready: %s", self._name, cause_of(error))
        finally:
            self.found = found
            self._fresh_until = asyncio.get_running_loop().time() + CACHE_SECONDS
