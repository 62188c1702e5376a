"""The page of users, in a browser without JavaScript."""

import asyncio

import httpx
from dependency_injector.providers import Object

from service.domain.errors import StoreUnavailable
from tests.examples import TEXTS
from tests.http.conftest import Tell, a_container, client_of, create_user, place_order
from tests.http.pages import Page, done, refused, send, show
from tests.http.test_every_response import BrokenUsers, ask


def test_a_user_is_created_and_shown(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert "There are no users yet." in (await show(client, "/users")).main

        page = await done(client, "/users", "create", name="  Ada ", email="ada@example.com")

        assert "The user was created." in page.main
        assert page.names() == ["Ada"]
        (user,) = (await client.get("/api/users")).json()
        assert page.one("li", class_="row fresh").text.count(user["id"]) == 1
        assert page.link("Orders of Ada") == f"orders?user_id={user['id']}"

    tell(story)


def test_each_mistake_stands_at_its_field_and_what_was_typed_is_kept(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        page = await refused(client, "/users", "create", name="A", email='"><b>no')

        assert page.status == 400
        assert page.one("title").text.startswith("Problem: ")
        assert page.error("name") == "The name must have 2 to 100 characters."
        assert page.error("email").startswith("The e-mail address must be an e-mail address such as")
        assert (page.typed("name"), page.typed("email")) == ("A", '"><b>no')
        assert page.link("The name must have 2 to 100 characters.") == "#name"

        blank = await refused(client, "/users", "create")
        assert blank.error("name") == "The name is required."

    tell(story)


def test_a_taken_address_is_a_conflict_explained_at_its_field(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        await create_user(client, "ada@example.com")

        page = await refused(client, "/users", "create", name="Augusta", email="ADA@example.com")

        assert page.status == 409
        assert page.error("email") == "Another user has the e-mail address 'ADA@example.com'."
        assert page.typed("name") == "Augusta"

    tell(story)


def test_a_user_is_deleted_unless_he_has_orders(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        ada = await create_user(client)
        order = await place_order(client, ada["id"])

        kept = await refused(client, "/users", "delete", id=ada["id"])
        assert kept.status == 409
        assert "still has orders. Delete them first." in kept.one("li", class_="row").text
        assert "open" in kept.one("details").attributes

        await client.delete(f"/api/orders/{order['id']}")
        page = await done(client, "/users", "delete", id=ada["id"])
        assert "The user was deleted." in page.main
        assert page.names() == []

        gone = await refused(client, "/users", "delete", id=ada["id"])
        assert gone.status == 404
        assert f"There is no user '{ada['id']}'." in gone.main

    tell(story)


def test_the_list_is_walked_by_the_cursors_of_the_api(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for number in range(5):
            await create_user(client, f"ada{number}@example.com", f"Ada {number}")

        first = await show(client, "/users?limit=2")
        assert first.names() == ["Ada 4", "Ada 3"]
        second = await show(client, f"/{first.link('Older')}")
        assert second.names() == ["Ada 2", "Ada 1"]
        last = await show(client, f"/{second.link('Older')}")
        assert last.names() == ["Ada 0"]
        assert "Older" not in [link.text for link in last.all("a")]
        assert last.link("Newest") == "users?limit=2"

        cursor = httpx.URL(first.link("Older")).params["cursor"]
        ada_2 = (await client.get(f"/api/users?limit=1&cursor={cursor}")).json()[0]
        assert ada_2["name"] == "Ada 2"
        moved = await send(client, f"/users?limit=2&cursor={cursor}", "delete", id=ada_2["id"])
        assert moved.headers["location"] == f"users?cursor={cursor}&limit=2&done=delete"

    tell(story)


def test_a_query_that_is_no_list_is_explained(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        page = await show(client, "/users?limit=0&cursor=forged")

        assert page.status == 400
        assert "The limit must be a whole number between 1 and 100." in page.main
        assert "The cursor must be" in page.main
        assert "The list cannot be shown." in page.main

    tell(story)


def test_texts_are_shown_as_they_are(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for number, text in enumerate(TEXTS):
            await create_user(client, f"ada{number}@example.com", text)

        assert (await show(client, "/users")).names() == list(reversed(TEXTS))

    tell(story)


def test_a_store_that_is_out_is_a_page_with_503() -> None:
    page = Page(ask(BrokenUsers(StoreUnavailable()), "/users"))

    assert page.status == 503
    assert page.response.headers["retry-after"] == "1"
    assert "The data store cannot be reached at the moment." in page.main
    assert page.one("button", id="create")
    assert Page(ask(BrokenUsers(StoreUnavailable()), "/")).status == 503


def test_the_page_of_health_distinguishes_degraded_from_not_ready() -> None:
    degraded = Page(ask(BrokenUsers(StoreUnavailable()), "/health"))
    assert degraded.status == 200
    assert "is degraded" in degraded.main

    unready = Page(ask(BrokenUsers(StoreUnavailable()), "/health", SERVICES="users"))
    assert (unready.status, unready.response.headers["retry-after"]) == (503, "1")
    assert "not ready for requests" in unready.main


def test_an_unforeseen_error_is_a_page_without_internals() -> None:
    page = Page(ask(BrokenUsers(RuntimeError("the password is hunter2")), "/users"))

    assert page.status == 500
    assert "hunter2" not in page.response.text
    assert page.response.headers["x-request-id"] in page.main


def test_what_was_typed_is_kept_while_the_store_is_out() -> None:
    users = BrokenUsers(None)
    container = a_container()
    container.user_repository.override(Object(users))

    async def sent() -> Page:
        async with client_of(container) as client:
            token = (await show(client, "/users")).all("input", name="token")[0].attributes["value"]
            users.failure = StoreUnavailable()
            fields = {"token": token, "do": "create", "name": "Ada", "email": "no address"}
            return Page(await client.post("/users", data=fields))

    page = asyncio.run(sent())

    assert page.status == 400
    assert page.typed("name") == "Ada"
    assert "The list cannot be shown." in page.main
