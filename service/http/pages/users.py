"""The page of users."""

from collections.abc import Mapping
from typing import Any, ClassVar

from service.application.users import CreateUser, DeleteUser, ListUsers
from service.domain.rules import Check
from service.http.pages.csrf import FormTokens
from service.http.pages.forms import Form, given, unknown_action
from service.http.pages.list_page import ListPage, Query, kept
from service.http.pages.site import Site
from service.http.paging import Cursors, next_cursor, read_page
from service.http.users import LIST


class UsersPage(ListPage):
    """`/users`: see, create and delete users."""

    name = "users"
    done: ClassVar = {"create": "The user was created.", "delete": "The user was deleted."}

    def __init__(
        self,
        create_user: CreateUser,
        list_users: ListUsers,
        delete_user: DeleteUser,
        cursors: Cursors,
        site: Site,
        tokens: FormTokens,
    ) -> None:
        super().__init__(site, tokens)
        self._create_user = create_user
        self._list_users = list_users
        self._delete_user = delete_user
        self._cursors = cursors

    async def listed(self, query: Query) -> Mapping[str, Any]:
        with Check() as check:
            limit, after = read_page(check, query, self._cursors, LIST)
        page = await self._list_users(limit, after)
        return {"page": page, "next_cursor": next_cursor(self._cursors, LIST, page)}

    async def carry_out(self, form: Form, query: Query) -> Mapping[str, str]:
        match form.get("do"):
            case "create":
                user = await self._create_user(**given(form, "name", "email"))
                return {"id": user.id}
            case "delete":
                await self._delete_user(form.get("id", ""))
                return kept(query, "cursor", "limit")
        raise unknown_action(self.done)
