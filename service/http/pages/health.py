"""The page of health."""

from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from service.application.health import CheckReadiness
from service.http.answers import Answer
from service.http.pages.site import Site
from service.http.problems import NOT_READY
from service.http.unavailable import note_default_cause


class HealthPage:
    """`/health`: that this process is running, whether it is ready, and what each check found."""

    def __init__(self, check_readiness: CheckReadiness, site: Site) -> None:
        self._check_readiness = check_readiness
        self._site = site

    def routes(self) -> list[HTTPRouteHandler]:
        """The route handlers, for the application to register."""
        return [get("/health", exception_handlers=self._site.failures)(self.show)]

    async def show(self, request: Request[Any, Any, Any]) -> Answer:
        readiness = await self._check_readiness()
        if readiness.ready:
            return self._site.page(request, "health.html", readiness=readiness)
        note_default_cause(request.scope, readiness.explanation)
        return self._site.page(request, "health.html", NOT_READY.status, headers=NOT_READY.headers, readiness=readiness)
