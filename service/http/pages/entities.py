"""The web page of one kind of entity: a list, and forms that change it."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final, Generic
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_503_SERVICE_UNAVAILABLE

from service.application.entities import UseCases
from service.domain.entity import T
from service.domain.errors import KeyReused, ServiceError
from service.domain.rules import WholeNumber
from service.http.answers import Answer
from service.http.entities import read_list
from service.http.failures import AnyRequest, explain
from service.http.idempotency import KEY, name_of
from service.http.pages.csrf import FormTokens
from service.http.pages.forms import Form, Refusal, given, number, read_form, unknown_action
from service.http.pages.inputs import inputs_of
from service.http.pages.site import Site, moved
from service.http.paging import Cursors, next_cursor, read_query
from service.http.problems import Refused

_SENT_BEFORE: Final = "This form was sent before"
_CREATED_ANOTHER: Final = (
    "It created another {0} then. Nothing was changed now. To create this {0} as well, send it again."
)

Query = Mapping[str, str]


def kept(query: Query, *names: str) -> dict[str, str]:
    """Return those parameters that the query has."""
    return {name: query[name] for name in names if query.get(name)}


class EntityPage(Generic[T]):
    """Shows the list; does what a form asks for and leads back to it; or shows it again with what was refused.

    The template has the entity's name. A kind of entity whose page can do more has a subclass.
    """

    create_action: ClassVar = "create"
    """The action of the form that creates an entity."""

    done: ClassVar[Mapping[str, str]] = {"create": "The {} was created.", "delete": "The {} was deleted."}
    """What a form can ask for, and the text that is shown when it is done."""

    def __init__(
        self,
        use_cases: UseCases[T],
        cursors: Cursors,
        site: Site,
        tokens: FormTokens,
    ) -> None:
        self._use_cases = use_cases
        self._entity = entity = use_cases.entity
        self._cursors = cursors
        self._site = site
        self._tokens = tokens
        self._labels = {field.name: field.label for field in entity.inputs}
        self._owner = [entity.owner.field.name] if entity.owner else []
        self._inputs = inputs_of(entity, site.services)
        self._kept = [*self._owner, "cursor", "limit"]

    def routes(self) -> list[HTTPRouteHandler]:
        """Return the route handlers, for the application to register."""
        path, failures = f"/{self._entity.name}", self._site.failures
        return [
            get(path, exception_handlers=failures)(self.show),
            post(path, exception_handlers=failures, status_code=303)(self.submit),
        ]

    async def show(self, request: Request[Any, Any, Any]) -> Answer:
        return await self._shown(request, {}, None)

    async def submit(self, request: Request[Any, Any, Any]) -> Answer:
        form = await read_form(request)
        try:
            self._tokens.check(request, form.get("token", ""))
            place = {**await self.carry_out(request, form), "done": form["do"]}
        except (ServiceError, Refused) as error:
            return await self._shown(request, form, self._refusal(request, error))
        return moved(303, self._address(**place))

    async def carry_out(self, request: AnyRequest, form: Form) -> Mapping[str, str]:
        """Do what the form asks for, and return the query of the page that shows it."""
        query = read_query(request)
        match form.get("do"):
            case self.create_action:
                created = await self._use_cases.create(self._key(request, form), **self._fields(form))
                return {**kept(query, *self._owner), "id": created.entity.id}
            case "delete":
                await self._use_cases.delete(form.get("id", ""))
                return kept(query, *self._kept)
        raise unknown_action(self.done)

    async def extras(self, request: AnyRequest) -> Mapping[str, Any]:  # noqa: ARG002  # for the pages that have some
        """Return what else the template shows. It raises nothing: the page is shown without what cannot be read."""
        return {}

    @staticmethod
    def _key(request: AnyRequest, form: Form) -> str | None:
        """Return what names the idempotency key in the form: a form that is sent twice creates once."""
        return name_of(request, KEY.read([form["key"]]) if "key" in form else None)

    def _fields(self, form: Form) -> dict[str, object]:
        return {
            name: number(text) if isinstance(self._entity.field(name).rule, WholeNumber) else text
            for name, text in given(form, *self._labels).items()
        }

    async def _listed(self, query: Query) -> dict[str, Any]:
        name, _, page = await read_list(self._use_cases, self._cursors, query, kept(query, *self._owner))
        return {"page": page, "next_cursor": next_cursor(self._cursors, name, page)}

    async def _shown(self, request: Request[Any, Any, Any], form: Form, refusal: Refusal | None) -> Answer:
        query = read_query(request)
        try:
            listed = await self._listed(query)
        except ServiceError as error:
            listed = {"page": None, "next_cursor": None}
            failed = self._refusal(request, error)
            refusal = refusal or failed
        token, headers = self._tokens.issue(request)
        here = kept(query, *self._owner, "limit", "cursor")
        older = {**here, "cursor": listed["next_cursor"] or ""}
        done = self.done.get(query.get("done", ""), "").format(self._entity.singular)
        return self._site.page(
            request,
            f"{self._entity.name}.html",
            refusal.status if refusal else 200,
            headers={**headers, **(refusal.headers if refusal else {})},
            entity=self._entity,
            inputs=self._inputs,
            targets=self._targets(form),
            create_action=self.create_action,
            form=form,
            here=self._address(**here),
            newest=self._address(**{**here, "cursor": ""}),
            older=self._address(**older) if older["cursor"] else "",
            notice="" if refusal else done,
            query=query,
            refusal=refusal,
            token=token,
            key=self._key_to_show(form, refusal),
            **listed,
            **await self.extras(request),
        )

    @staticmethod
    def _key_to_show(form: Form, refusal: Refusal | None) -> str:
        """Return a new key, or that of a form which may have taken effect though it was refused."""
        unknown = refusal is not None and refusal.status == HTTP_503_SERVICE_UNAVAILABLE
        return (form.get("key") if unknown else None) or secrets.token_urlsafe(16)

    def _refusal(self, request: AnyRequest, error: ServiceError | Refused) -> Refusal:
        refusal = Refusal.of(explain(request, error), self._labels)
        if isinstance(error, KeyReused):  # a person knows nothing of keys
            return replace(refusal, title=_SENT_BEFORE, message=_CREATED_ANOTHER.format(self._entity.singular))
        return refusal

    def _targets(self, form: Form) -> dict[str, str]:
        """Return where messages about fields lead: to the inputs of the form that was sent, else to the filter."""
        return {name: name for name in self._labels} if form else dict.fromkeys(self._owner, "filter")

    def _address(self, **query: str) -> str:
        """Return the page's address, relative to any page."""
        filled = {name: value for name, value in query.items() if value}
        return f"{self._entity.name}?{urlencode(filled)}" if filled else self._entity.name
