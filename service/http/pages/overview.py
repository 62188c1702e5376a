"""The first page: the runtime, the store, and how many entities there are."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from service.application.ports import Page
from service.http.answers import Answer
from service.http.pages.site import Site, moved

COUNTED: Final = 50
"""As far as is counted: by reading the first page of the list, which costs the same however long that is."""

UNSLASHED: Final = "shapeshift.unslashed"
"""The ASGI extension by which an entry point says that the address was its prefix without the slash: the prefix's last
segment. Relative references would miss the prefix."""


class OverviewPage:
    """`/`."""

    def __init__(self, lists: Mapping[str, Callable[[int], Awaitable[Page[Any]]]], site: Site) -> None:
        """`lists` are the use cases that list what this process serves, by name."""
        self._lists = lists
        self._site = site

    def routes(self) -> list[HTTPRouteHandler]:
        """The route handlers, for the application to register."""
        return [get("/", exception_handlers=self._site.failures)(self.show)]

    async def show(self, request: Request[Any, Any, Any]) -> Answer:
        unslashed = (request.scope.get("extensions") or {}).get(UNSLASHED)
        if unslashed:
            return moved(302, f"{unslashed}/")
        may_read = [name for name in self._lists if self._site.access.may(request.scope, f"{name}:read")]
        pages = await asyncio.gather(*(self._lists[name](COUNTED) for name in may_read))
        counts = {
            name: f"{len(page.items)}{'+' if page.has_more else ''}" for name, page in zip(may_read, pages, strict=True)
        }
        return self._site.page(request, "overview.html", counts=counts, counted=COUNTED)
