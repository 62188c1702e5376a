"""The API of one kind of entity."""

from collections.abc import Callable, Mapping
from typing import Any, Generic

from litestar import Request, delete, get, post
from litestar.handlers import HTTPRouteHandler

from service.application.entities import UseCases
from service.application.ports import Page
from service.domain.entity import Entity, T
from service.domain.moments import rfc3339
from service.domain.rules import Moment
from service.domain.validation import Check
from service.http.answers import Answer
from service.http.bodies import json_answer, read_fields
from service.http.paging import Cursors, next_link, read_page, read_query


def json_form(entity: Entity[T]) -> Callable[[T], dict[str, Any]]:
    """Return the function that turns an entity into what JSON shows: its fields, in the order of their declaration."""
    moments = [field.name for field in entity.fields if isinstance(field.rule, Moment)]

    def shown(stored: T) -> dict[str, Any]:
        values = entity.values(stored)
        for name in moments:
            values[name] = rfc3339(values[name])
        return values

    return shown


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
    """The routes under `/api/<name>`. A kind of entity with more operations has a subclass."""

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
            delete(self.path)(self.delete),
        ]

    async def create(self, request: Request[Any, Any, Any]) -> Answer:
        entity = await self._use_cases.create(**await read_fields(request, *self._inputs))
        return json_answer(self.json(entity), 201, {"Location": f"{self._entity.name}/{entity.id}"})

    async def list(self, request: Request[Any, Any, Any]) -> Answer:
        query = read_query(request)
        of_owner = {name: query[name] for name in self._owner if name in query}
        name, limit, page = await read_list(self._use_cases, self._cursors, query, of_owner)
        link = next_link(self._cursors, name, page, **of_owner, limit=limit)
        return json_answer([*map(self.json, page.items)], headers=link)

    async def get(self, request: Request[Any, Any, Any]) -> Answer:
        return json_answer(self.json(await self._use_cases.get(self.id_of(request))))

    async def delete(self, request: Request[Any, Any, Any]) -> None:
        await self._use_cases.delete(self.id_of(request))
