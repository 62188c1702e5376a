"""A form that is sent more than once creates once."""

import asyncio
from typing import Any

import httpx
from dependency_injector.providers import Object

from service.domain.errors import StoreUnavailable
from tests.http.conftest import Tell, client_of
from tests.http.pages import Page, hidden, show
from tests.memory import MemoryUserRepository

ADA = {"do": "create", "name": "Ada", "email": "ada@example.com"}


def test_a_form_that_is_sent_twice_creates_once_and_leads_to_the_same_page(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        form = {**hidden(await show(client, "/users")), **ADA}

        answers = await asyncio.gather(*(client.post("/users", data=form) for _ in range(2)))

        assert [each.status_code for each in answers] == [303, 303]
        assert answers[0].headers["location"] == answers[1].headers["location"]
        assert len((await client.get("/api/users")).json()) == 1

    tell(story)


def test_each_page_that_is_shown_has_another_key(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert len({hidden(await show(client, path))["key"] for path in ("/users", "/users", "/orders")}) == 3

    tell(story)


def test_a_form_that_is_edited_after_going_back_is_shown_with_its_values_and_a_fresh_key(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        first = {**hidden(await show(client, "/users")), **ADA}
        await client.post("/users", data=first)

        edited = {**first, "name": "Grace", "email": "grace@example.com"}
        page = Page(await client.post("/users", data=edited))

        assert page.status == 422
        assert "This form was sent before. It created another user then. Nothing was changed now." in page.main
        assert (page.typed("name"), page.typed("email")) == ("Grace", "grace@example.com")
        again = {**edited, **hidden(page)}
        assert again["key"] != first["key"]
        assert (await client.post("/users", data=again)).status_code == 303
        assert len((await client.get("/api/users")).json()) == 2

    tell(story)


class LostUsers(MemoryUserRepository):
    """It adds a user, and cannot say so."""

    async def add(self, *given: Any) -> None:
        if await super().add(*given) is None:
            raise StoreUnavailable


def test_a_form_whose_outcome_is_unknown_keeps_its_key(container: Any) -> None:
    async def told() -> None:
        container.user_repository.override(Object(LostUsers(container.store().store())))
        async with client_of(container) as client:
            form = {**hidden(await show(client, "/users")), **ADA}
            page = Page(await client.post("/users", data=form))

            assert page.status == 503
            assert hidden(page)["key"] == form["key"]

    asyncio.run(told())


def test_a_form_without_a_key_creates_as_it_always_did(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        form = {"token": hidden(await show(client, "/users"))["token"], **ADA}

        assert (await client.post("/users", data=form)).status_code == 303

    tell(story)


def test_a_key_that_is_none_is_refused(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        form = {**hidden(await show(client, "/users")), **ADA, "key": "é"}

        assert Page(await client.post("/users", data=form)).status == 400
        assert (await client.get("/api/users")).json() == []

    tell(story)
