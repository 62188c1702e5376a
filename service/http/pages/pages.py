"""All pages of a process, as one part of its application."""

from collections.abc import Mapping
from typing import Any

from litestar.handlers import HTTPRouteHandler

from service.http.app import Api
from service.http.pages import assets
from service.http.pages.entities import EntityPage
from service.http.pages.health import HealthPage
from service.http.pages.overview import OverviewPage
from service.http.pages.schema import SchemaPage


class Pages:
    """The pages that every process has, and those of the services that this one serves."""

    def __init__(
        self,
        overview: OverviewPage,
        health: HealthPage,
        schema: SchemaPage,
        of_entities: Mapping[str, EntityPage[Any]],
    ) -> None:
        self._pages: tuple[Api, ...] = (overview, *of_entities.values(), health, schema)

    def routes(self) -> list[HTTPRouteHandler]:
        """The route handlers, for the application to register."""
        return [*(handler for page in self._pages for handler in page.routes()), *assets.ROUTES]
