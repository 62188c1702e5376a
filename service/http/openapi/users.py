"""The paths under `/api/users`."""

from typing import Final

from service.application.users import CreateUser, DeleteUser, GetUser, ListUsers
from service.http.openapi.failures import ANYWHERE, WITH_BODY, WITH_STORE, failures
from service.http.openapi.operations import Json, no_content, operation, ref, success, with_head
from service.http.problems import EMAIL_TAKEN, NOT_FOUND, USER_HAS_ORDERS, USER_NOT_FOUND

_USER: Final = ref("schemas", "User")
_TAGS: Final = ["users"]

PATHS: Final[Json] = {
    "/api/users": with_head(
        {
            "get": operation(
                ListUsers,
                {
                    **success("A page of users.", {"type": "array", "items": _USER}, "Link"),
                    **failures(*ANYWHERE, *WITH_STORE),
                },
                parameters=[ref("parameters", "Limit"), ref("parameters", "Cursor")],
                tags=_TAGS,
            ),
            "post": operation(
                CreateUser,
                {
                    **success("The new user.", _USER, "Location", status=201),
                    **failures(*ANYWHERE, *WITH_BODY, *WITH_STORE, EMAIL_TAKEN),
                },
                body="NewUser",
                tags=_TAGS,
            ),
        }
    ),
    "/api/users/{user_id}": with_head(
        {
            "parameters": [ref("parameters", "UserId")],
            "get": operation(
                GetUser,
                {
                    **success("The user.", _USER),
                    **failures(*ANYWHERE, *WITH_STORE, USER_NOT_FOUND, NOT_FOUND),
                },
                tags=_TAGS,
            ),
            "delete": operation(
                DeleteUser,
                {
                    **no_content("The user is removed."),
                    **failures(*ANYWHERE, *WITH_STORE, USER_NOT_FOUND, NOT_FOUND, USER_HAS_ORDERS),
                },
                tags=_TAGS,
            ),
        }
    ),
}
