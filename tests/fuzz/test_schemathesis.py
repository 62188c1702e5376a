"""The API holds what its description promises, for data that fits it and data that does not."""

import re
from itertools import count
from pathlib import Path
from typing import Any, Final

import schemathesis
from litestar import Litestar
from schemathesis import Case
from schemathesis.config import SchemathesisConfig

from containers.local import LocalContainer

app: Final[Litestar] = LocalContainer(environ={"STORE": "memory", "CURSOR_SECRET": "x" * 20}).app()
schema: Final = schemathesis.openapi.from_asgi(
    "/schema/openapi.json",
    app,
    config=SchemathesisConfig.from_path(Path(__file__).parents[2] / "schemathesis.toml"),
).exclude(tag="pages", method="POST")  # a form needs the token of its page: test_pages_*.py


emails: Final = (f"ada@{number}.example" for number in count())


def create(path: str, **fields: Any) -> str:
    """The id of a new user or order."""
    created: dict[str, str] = schema[path]["POST"].Case(body=fields, media_type="application/json").call().json()
    return created["id"]


def new_user() -> str:
    return create("/api/users", name="Ada", email=next(emails))


def new_order(user_id: str) -> str:
    return create("/api/orders", user_id=user_id, product="Pen", quantity=1)


def second_page(path: str, query: dict[str, Any]) -> str:
    """The cursor to the second page of a list that has at least two items."""
    links = schema[path]["GET"].Case(query={**query, "limit": 1}).call().headers["link"]
    found = re.search("cursor=([^>]+)>", links[0])
    assert found
    return found[1]


def use_what_exists(case: Case[Any]) -> None:
    """Put ids and cursors that exist in the place of made-up ones."""
    owner = new_user()
    order_id, _ = new_order(owner), new_order(owner)
    if "user_id" in case.path_parameters:
        case.path_parameters["user_id"] = new_user()  # has no orders, so may be deleted
    if "order_id" in case.path_parameters:
        case.path_parameters["order_id"] = order_id
    if "user_id" in case.query:
        case.query["user_id"] = owner
    if "cursor" in case.query:
        new_user()
        of_user = {name: value for name, value in case.query.items() if name == "user_id"}
        case.query["cursor"] = second_page(f"/api/{case.path.rpartition('/')[2]}", of_user)
    if isinstance(case.body, dict) and "user_id" in case.body:
        case.body["user_id"] = owner


@schema.parametrize()
def test_the_api_does_what_its_description_promises(case: Case[Any]) -> None:
    if case.meta and case.meta.generation.mode.is_positive:
        use_what_exists(case)
    case.call_and_validate()
