"""Health: what this process is, whether it is running, and whether it should be sent requests."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from service.application.health import CheckReadiness
from service.http.answers import Answer
from service.http.bodies import json_answer
from service.http.problems import NOT_READY, problem_answer


class HealthApi:
    """The routes under `/api/health`. Only `ready` asks the store."""

    def __init__(self, check_readiness: CheckReadiness, about: Mapping[str, str]) -> None:
        """`about` is what `/api/health` shows of this process: its runtime, store and version."""
        self._check_readiness = check_readiness
        self._about = {"status": "healthy", **about}

    def routes(self) -> list[HTTPRouteHandler]:
        """The route handlers, for the application to register."""
        return [
            get("/api/health")(self.health),
            get("/api/health/live")(self.live),
            get("/api/health/ready")(self.ready),
        ]

    async def health(self) -> Answer:
        return json_answer(self._about)

    async def live(self) -> Answer:
        return json_answer({"status": "live"})

    async def ready(self, request: Request[Any, Any, Any]) -> Answer:
        readiness = await self._check_readiness()
        if readiness.ready:
            return json_answer({"status": readiness.status, "checks": readiness.checks})
        return problem_answer(request.scope, NOT_READY, readiness.explanation, checks=readiness.checks)
