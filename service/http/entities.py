"""The API of one kind of entity."""

from collections.abc import Mapping
from typing import Any, Generic

from litestar import Request, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler

from service.application.entities import UseCases
from service.application.ports import Page
from service.domain.entity import T
from service.domain.validation import Check
from service.http.answers import Answer
from service.http.bodies import json_answer, read_fields
from service.http.idempotency import KEY, REPLAYED, name_of
from service.http.json_form import json_form
from service.http.paging import Cursors, next_link, read_page, read_query
from service.http.versions import IF_MATCH, IF_NONE_MATCH, unless_seen, version_answer


async def read_list(
    use_cases: UseCases[T], cursors: Cursors, query: Mapping[str, str], of_owner: Mapping[str, str]
) -> tuple[str, int, Page[T]]:
    """Return what a query asks for of all entities, or of those of one owner: the list's name, its limit, the page.

    `of_owner` is the field that refers to the owner, with the owner's id. Raises `Invalid` with every violation.
    """
    entity = use_cases.entity
    name = "/".join((entity.name, *of_owner.values()))
    with Check() as check:
        for field, value in of_owner.items():
            check(field, entity.field(field).rule.check, value)
        limit, after = read_page(check, query, cursors, name)
    return name, limit, await use_cases.list_page(limit, after, owner_id=next(iter(of_owner.values()), None))


class EntityApi(Generic[T]):
    """The routes under `/api/<name>`."""

    def __init__(self, use_cases: UseCases[T], cursors: Cursors) -> None:
        self._use_cases = use_cases
        self._entity = entity = use_cases.entity
        self._cursors = cursors
        self._inputs = [field.name for field in entity.inputs]
        self._owner = [entity.owner.field.name] if entity.owner else []
        self._id = f"{entity.singular}_id"
        self.json = json_form(entity)

    @property
    def path(self) -> str:
        """The path of one entity."""
        return f"/api/{self._entity.name}/{{{self._id}:str}}"

    def id_of(self, request: Request[Any, Any, Any]) -> str:
        """Return the id in the path of a request."""
        value: str = request.path_params[self._id]
        return value

    def routes(self) -> list[HTTPRouteHandler]:
        """Return the route handlers, for the application to register."""
        collection = f"/api/{self._entity.name}"
        return [
            post(collection)(self.create),
            get(collection)(self.list),
            get(self.path)(self.get),
            *([patch(self.path)(self.change)] if self._use_cases.change else []),
            delete(self.path)(self.delete),
        ]

    async def create(self, request: Request[Any, Any, Any]) -> Answer:
        create, fields = self._use_cases.create, await read_fields(request, *self._inputs)
        key = KEY.of(request, lambda: create.check(fields))
        created = await create(name_of(request, key), **fields)
        headers = {"Location": f"{self._entity.name}/{created.entity.id}", **(REPLAYED if created.replayed else {})}
        return version_answer(request, self.json(created.entity), 201, headers)

    async def list(self, request: Request[Any, Any, Any]) -> Answer:
        query = read_query(request)
        of_owner = {name: query[name] for name in self._owner if name in query}
        name, limit, page = await read_list(self._use_cases, self._cursors, query, of_owner)
        link = next_link(self._cursors, name, page, **of_owner, limit=limit)
        return json_answer([*map(self.json, page.items)], headers=link)

    async def get(self, request: Request[Any, Any, Any]) -> Answer:
        seen = IF_NONE_MATCH.of(request)
        entity = await self._use_cases.get(self.id_of(request))
        return unless_seen(version_answer(request, self.json(entity)), seen)

    async def change(self, request: Request[Any, Any, Any]) -> Answer:
        change = self._use_cases.change
        if change is None:
            raise TypeError(f"{self._entity.name} do not change: they have no route for it.")
        fields = await read_fields(request, *change.fields)
        seen = IF_MATCH.of(request, lambda: change.check(fields))
        entity = await change(self.id_of(request), seen, **fields)
        return version_answer(request, self.json(entity))

    async def delete(self, request: Request[Any, Any, Any]) -> None:
        seen = IF_MATCH.of(request)
        await self._use_cases.delete(self.id_of(request), seen)
