"""The page that explains the API, with a viewer of its OpenAPI document."""

from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from service.http.answers import Answer
from service.http.pages.site import VIEWER_HEADERS, Site


class SchemaPage:
    """`/schema`."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[HTTPRouteHandler]:
        """The route handlers, for the application to register."""
        return [get("/schema", exception_handlers=self._site.failures)(self.show)]

    async def show(self, request: Request[Any, Any, Any]) -> Answer:
        return self._site.page(request, "schema.html", security_headers=VIEWER_HEADERS)
