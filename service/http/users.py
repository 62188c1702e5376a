"""The users API."""

from typing import Any, Final

from litestar import Request, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from service.application.users import CreateUser, DeleteUser, GetUser, ListUsers
from service.domain.moments import rfc3339
from service.domain.rules import Check
from service.domain.users import User
from service.http.answers import NOTHING, Answer
from service.http.bodies import json_answer, read_fields
from service.http.paging import Cursors, next_link, read_page, read_query

LIST: Final = "users"
"""What cursors know the list of users by."""


class UsersApi:
    """The routes under `/api/users`."""

    def __init__(
        self,
        create_user: CreateUser,
        list_users: ListUsers,
        get_user: GetUser,
        delete_user: DeleteUser,
        cursors: Cursors,
    ) -> None:
        self._create_user = create_user
        self._list_users = list_users
        self._get_user = get_user
        self._delete_user = delete_user
        self._cursors = cursors

    def routes(self) -> list[HTTPRouteHandler]:
        """The route handlers, for the application to register."""
        return [
            post("/api/users")(self.create),
            get("/api/users")(self.list),
            get("/api/users/{user_id:str}")(self.get),
            delete("/api/users/{user_id:str}", status_code=200)(self.delete),
        ]

    async def create(self, request: Request[Any, Any, Any]) -> Answer:
        user = await self._create_user(**await read_fields(request, "name", "email"))
        return json_answer(_shown(user), 201, {"Location": f"users/{user.id}"})

    async def list(self, request: Request[Any, Any, Any]) -> Answer:
        query = read_query(request)
        with Check() as check:
            limit, after = read_page(check, query, self._cursors, LIST)
        page = await self._list_users(limit, after)
        return json_answer([*map(_shown, page.items)], headers=next_link(self._cursors, LIST, page, limit=limit))

    async def get(self, user_id: FromPath[str]) -> Answer:
        return json_answer(_shown(await self._get_user(user_id)))

    async def delete(self, user_id: FromPath[str]) -> Answer:
        await self._delete_user(user_id)
        return NOTHING


def _shown(user: User) -> dict[str, str]:
    return {"id": user.id, "name": user.name, "email": user.email, "created_at": rfc3339(user.created_at)}
