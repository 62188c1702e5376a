"""What pages say and do at their edges."""

import asyncio
from datetime import timedelta, timezone
from hashlib import sha256
from typing import Any

import httpx
import pytest

from service.domain.errors import StoreUnavailable
from service.http.pages import assets
from service.http.pages.overview import UNSLASHED
from tests.examples import NOON, a_user
from tests.http.conftest import Tell, a_container, client_of, create_user, place_order
from tests.http.pages import Page, done, send, show
from tests.http.test_every_response import BrokenUsers, ask

ADA = {"name": "Ada", "email": "ada@example.com"}


def test_a_form_that_the_user_opened_by_themselves_is_accepted(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        client.headers["sec-fetch-site"] = "none"
        assert (await send(client, "/users", "create", **ADA)).status_code == 303

    tell(story)


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_the_cookie_is_secure_where_the_page_came_over_tls(scheme: str, secure: bool) -> None:  # noqa: FBT001  # a parameter
    async def told() -> str:
        transport = httpx.ASGITransport(a_container().app())
        async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://shop.example") as client:
            cookie: str = (await client.get("/users")).headers["set-cookie"]
            return cookie

    assert asyncio.run(told()).endswith("; Secure") == secure


def test_another_cookie_whose_name_ends_the_same_is_not_ours(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        response = await client.get("/users", headers={"cookie": f"not-shapeshift-form={'x' * 22}"})
        assert response.headers["set-cookie"].startswith("shapeshift-form=")

    tell(story)


def test_an_address_without_its_slash_leads_to_the_one_with_it() -> None:
    app: Any = a_container().app()

    async def behind_a_prefix(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "extensions": {UNSLASHED: "prod"}}, receive, send)

    async def told() -> httpx.Response:
        transport = httpx.ASGITransport(behind_a_prefix)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            return await client.get("/")

    response = asyncio.run(told())

    assert (response.status_code, response.headers["location"]) == (302, "prod/")


@pytest.mark.parametrize("name", assets.FILES)
def test_a_file_is_named_by_the_digest_of_its_content(tell: Tell, name: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path = assets.href(name)
        digest = sha256((await client.get(f"/{path}")).content).hexdigest()
        stem, _, suffix = name.rpartition(".")
        assert path == f"static/{stem}.{digest[:12]}.{suffix}"

    tell(story)


def test_moments_are_shown_in_utc_for_people_and_for_programs() -> None:
    container = a_container()

    async def told() -> Page:
        elsewhere = NOON.astimezone(timezone(timedelta(hours=5)))
        await container.user_repository().add(a_user(created_at=elsewhere))
        async with client_of(container) as client:
            return await show(client, "/users")

    (time,) = asyncio.run(told()).all("time")

    assert (time.attributes["datetime"], time.text) == ("2026-01-31T12:00:00.000Z", "31 Jan 2026, 12:00 UTC")


def test_a_page_of_a_failure_has_the_headers_of_the_failure() -> None:
    response = ask(BrokenUsers(StoreUnavailable()), "/")

    assert (response.status_code, response.headers["retry-after"]) == (503, "1")


def test_only_what_a_form_can_do_is_said_to_be_done(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert "The user was created." in (await show(client, "/users?done=create")).main
        assert "The order was completed." in (await show(client, "/orders?done=complete")).main
        for path in ("/users", "/users?done=complete", "/users?done=nothing"):
            assert "The user was" not in (await show(client, path)).main

    tell(story)


def test_a_form_leads_back_to_the_stretch_of_the_list_that_it_was_sent_from(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        ada = await create_user(client)
        for number in range(3):
            await place_order(client, ada["id"], id=f"tea-{number}")
        first = await show(client, f"/orders?user_id={ada['id']}&limit=1&unknown=1")
        here = first.link("Older")

        page = await show(client, f"/{here}")

        assert page.names() == ["2 × Tea"]
        assert {form.attributes["action"] for form in page.all("form", method="post")} == {here}
        assert page.link("Newest") == f"orders?user_id={ada['id']}&limit=1"
        completed = await send(client, f"/{here}", "complete", id="tea-1")
        cursor = httpx.URL(here).params["cursor"]
        assert completed.headers["location"] == (
            f"orders?user_id={ada['id']}&cursor={cursor}&limit=1&id=tea-1&done=complete"
        )
        deleted = await send(client, f"/{here}", "delete", id="tea-1")
        assert deleted.headers["location"] == f"orders?user_id={ada['id']}&cursor={cursor}&limit=1&done=delete"

    tell(story)


def test_a_quantity_may_be_typed_with_its_sign(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        ada = await create_user(client)

        page = await done(client, "/orders", "place", user_id=ada["id"], product="Tea", quantity="+3")

        assert page.names() == ["3 × Tea"]

    tell(story)
