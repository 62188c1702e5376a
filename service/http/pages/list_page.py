"""What the pages of users and of orders have in common: a list, and forms that change it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler

from service.domain.errors import ServiceError
from service.http.answers import Answer
from service.http.failures import AnyRequest, explain
from service.http.pages.csrf import FormTokens
from service.http.pages.forms import Form, Refusal, read_form
from service.http.pages.site import Site, moved
from service.http.paging import read_query
from service.http.problems import Refused

Query = Mapping[str, str]


def kept(query: Query, *names: str) -> dict[str, str]:
    """Those parameters that the query has."""
    return {name: query[name] for name in names if query.get(name)}


class ListPage(ABC):
    """Shows the list; does what a form asks for and leads back to it; or shows it again with what was refused."""

    name: ClassVar[str]
    """The path's and the template's."""

    done: ClassVar[Mapping[str, str]]
    """What a form can ask for, and what is said when that is done."""

    def __init__(self, site: Site, tokens: FormTokens) -> None:
        self._site = site
        self._tokens = tokens

    @abstractmethod
    async def listed(self, query: Query) -> Mapping[str, Any]:
        """What the template shows of the list that the query asks for."""

    async def extras(self, request: AnyRequest) -> Mapping[str, Any]:  # noqa: ARG002  # for the pages that have some
        """What else the template shows. Raises nothing: the page is shown without what cannot be read."""
        return {}

    @abstractmethod
    async def carry_out(self, form: Form, query: Query) -> Mapping[str, str]:
        """Do what the form asks for, and return the query of the page that shows it."""

    def routes(self) -> list[HTTPRouteHandler]:
        """The route handlers, for the application to register."""
        path, failures = f"/{self.name}", self._site.failures
        return [
            get(path, exception_handlers=failures)(self.show),
            post(path, exception_handlers=failures, status_code=200)(self.submit),
        ]

    async def show(self, request: Request[Any, Any, Any]) -> Answer:
        return await self._shown(request, {}, None)

    async def submit(self, request: Request[Any, Any, Any]) -> Answer:
        form = await read_form(request)
        try:
            self._tokens.check(request, form.get("token", ""))
            place = {**await self.carry_out(form, read_query(request)), "done": form["do"]}
        except (ServiceError, Refused) as error:
            return await self._shown(request, form, Refusal.of(explain(request, error)))
        return moved(303, self._address(**place))

    async def _shown(self, request: Request[Any, Any, Any], form: Form, refusal: Refusal | None) -> Answer:
        query = read_query(request)
        try:
            listed = await self.listed(query)
        except ServiceError as error:
            listed = {"page": None, "next_cursor": None}
            failed = Refusal.of(explain(request, error))
            refusal = refusal or failed
        token, headers = self._tokens.issue(request)
        here = kept(query, "user_id", "limit", "cursor")
        return self._site.page(
            request,
            f"{self.name}.html",
            refusal.status if refusal else 200,
            headers={**headers, **(refusal.headers if refusal else {})},
            form=form,
            here=self._address(**here),
            newest=self._address(**{**here, "cursor": ""}),
            older=self._address(**{**here, "cursor": listed["next_cursor"]}) if listed["next_cursor"] else "",
            notice="" if refusal else self.done.get(query.get("done", ""), ""),
            query=query,
            refusal=refusal,
            token=token,
            **listed,
            **await self.extras(request),
        )

    def _address(self, **query: str) -> str:
        """The page's address from any page."""
        filled = {name: value for name, value in query.items() if value}
        return f"{self.name}?{urlencode(filled)}" if filled else self.name
