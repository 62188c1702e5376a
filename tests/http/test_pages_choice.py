"""A user is chosen for an order, and need not be copied by hand."""

import asyncio

import httpx
import pytest
from dependency_injector.providers import Object
from structlog.testing import capture_logs

from service.adapters.memory.store import MemoryStore
from service.application.ports import Page as UsersRead
from service.application.ports import Position
from service.domain.errors import StoreUnavailable
from service.domain.users import User
from tests.http.conftest import Tell, a_container, client_of, create_user
from tests.http.pages import Page, done, refused, show
from tests.memory import MemoryUserRepository


def test_a_new_order_is_begun_at_a_user(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        ada = await create_user(client)

        users = await show(client, "/users")
        page = await show(client, str(users.response.url.join(users.link("New order for Ada"))))

        assert page.typed("user_id") == ada["id"]
        assert page.one("h2", id="list").text == "Newest first of Ada"
        assert "autofocus" in page.one("input", id="product").attributes
        assert (
            "autofocus"
            not in (await show(client, f"/orders?user_id={ada['id']}")).one("input", id="product").attributes
        )
        placed = await done(client, "/orders?new=1", "place", user_id=ada["id"], product="Tea", quantity="1")
        assert placed.names() == ["1 × Tea"]

    tell(story)


def test_the_newest_users_can_be_chosen_by_name_and_address(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await show(client, "/orders")).all("datalist") == []
        users = [await create_user(client, f"ada{number}@example.com", f"Ada {number}") for number in range(25)]

        page = await show(client, "/orders")

        assert page.one("input", id="user_id").attributes["list"] == page.one("datalist").attributes["id"]
        assert page.one("input", id="user_id").attributes["aria-describedby"] == "user_id-hint"
        assert "Choose one of the newest users by name" in page.one("p", id="user_id-hint").text
        options = [(each.attributes["value"], each.text) for each in page.all("option") if "value" in each.attributes]
        assert options == [(each["id"], f"{each['name']}, {each['email']}") for each in reversed(users[5:])]
        invalid = await refused(client, "/orders", "place", user_id=users[0]["id"], product="T", quantity="1")
        assert len(invalid.one("datalist").text.split(",")) == 21
        assert invalid.typed("user_id") == users[0]["id"]

    tell(story)


class CountingUsers(MemoryUserRepository):
    """Keeps what was read, and how many users at most."""

    def __init__(self, failure: BaseException | None = None, seconds: float = 0) -> None:
        super().__init__(MemoryStore())
        self.read: list[int] = []
        self.failure = failure
        self.seconds = seconds

    async def page(self, limit: int, after: Position | None = None, *, owner_id: str | None = None) -> UsersRead[User]:
        self.read.append(limit)
        await asyncio.sleep(self.seconds)
        if self.failure:
            raise self.failure
        return await super().page(limit, after, owner_id=owner_id)


def show_orders(users: CountingUsers, **environ: str) -> Page:
    container = a_container(**environ)
    container.user_repository.override(Object(users))

    async def asked() -> Page:
        async with client_of(container) as client:
            return await show(client, "/orders?user_id=u-1")

    return asyncio.run(asked())


def test_the_choice_costs_one_read_of_twenty_users() -> None:
    users = CountingUsers()
    show_orders(users)
    assert users.read == [20]


def test_where_users_are_not_served_there_is_only_the_id() -> None:
    users = CountingUsers()

    page = show_orders(users, SERVICES="orders")

    assert users.read == []
    assert page.all("datalist") == []
    assert "list" not in page.one("input", id="user_id").attributes
    assert page.typed("user_id") == "u-1"


@pytest.mark.parametrize(
    "users", [CountingUsers(StoreUnavailable()), CountingUsers(RuntimeError("no idea")), CountingUsers(seconds=30)]
)
def test_the_page_of_orders_works_when_users_cannot_be_read_and_the_cause_is_logged(users: CountingUsers) -> None:
    with capture_logs() as lines:
        page = show_orders(users)

    assert page.status == 200
    assert "This user has no orders." in page.main
    assert page.all("datalist") == []
    assert page.typed("user_id") == "u-1"
    failures = [line for line in lines if line["log_level"] == "error"]
    assert [line["request_id"] for line in failures] == [page.response.headers["x-request-id"]]
