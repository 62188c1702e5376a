"""The page of orders, in a browser without JavaScript."""

import httpx
import pytest

from tests.http.conftest import Tell, create_user, place_order
from tests.http.pages import done, refused, send, show


def test_an_order_is_placed_completed_and_deleted(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        ada = await create_user(client)
        form = {"user_id": f" {ada['id']} ", "product": "Tea", "quantity": "2", "status": "pending", "id": "tea-1"}

        placed = await done(client, "/orders", "place", **form)
        assert "The order was placed." in placed.main
        assert placed.names() == ["2 × Tea"]
        assert [each.text for each in placed.all("span", class_="status pending")] == ["pending"]
        assert (await client.get("/api/orders/tea-1")).json()["quantity"] == 2

        completed = await done(client, "/orders", "complete", id="tea-1")
        assert "The order was completed." in completed.main
        assert completed.all("button", value="complete") == []

        deleted = await done(client, "/orders", "delete", id="tea-1")
        assert "The order was deleted." in deleted.main
        assert "There are no orders yet." in deleted.main

    tell(story)


def test_an_id_left_blank_is_made(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        ada = await create_user(client)

        await done(
            client, "/orders", "place", user_id=ada["id"], product="Tea", quantity="1", status="completed", id=""
        )

        (order,) = (await client.get("/api/orders")).json()
        assert len(order["id"]) == 36
        assert order["status"] == "completed"

    tell(story)


def test_the_orders_of_one_user_are_shown_and_new_ones_are_his(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        ada, grace = await create_user(client), await create_user(client, "grace@example.com")
        await place_order(client, ada["id"], product="Tea")
        await place_order(client, grace["id"], product="Rum")

        assert (await show(client, "/orders")).names() == ["2 × Rum", "2 × Tea"]
        assert (await show(client, "/orders?user_id=")).names() == ["2 × Rum", "2 × Tea"]
        of_ada = await show(client, f"/orders?user_id={ada['id']}")
        assert of_ada.names() == ["2 × Tea"]
        assert of_ada.typed("user_id") == ada["id"]
        assert "This user has no orders." in (await show(client, "/orders?user_id=nobody")).main
        back = await send(
            client, f"/orders?user_id={ada['id']}", "place", user_id=ada["id"], product="Jam", quantity="1"
        )
        assert back.headers["location"].startswith(f"orders?user_id={ada['id']}&id=")

    tell(story)


def test_a_filter_that_cannot_be_is_explained_at_its_field(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        page = await show(client, f"/orders?user_id={'x' * 65}")

        assert page.status == 400
        assert page.error("filter") == "The user's id must have 1 to 64 characters."
        assert page.typed("filter") == "x" * 65

    tell(story)


@pytest.mark.parametrize(
    ("field", "typed", "status", "says"),
    [
        ("user_id", "ghost", 422, "There is no user 'ghost'. Enter the id of an existing user."),
        ("product", "T", 400, "The product must have 2 to 200 characters."),
        ("quantity", "0.5", 400, "The quantity must be a whole number."),
        ("quantity", "9" * 40, 400, "The quantity must be a whole number."),
        ("quantity", "-1", 400, "The quantity must be between 1 and 1,000,000."),
        ("quantity", "", 400, "The quantity is required."),
        ("id", "tea-1", 409, "The order 'tea-1' exists already. It was not changed."),
        (
            "id",
            "a b",
            400,
            "The order's id must be letters, digits, - or _, and begin with a letter or a digit.",
        ),
    ],
)
def test_a_mistake_stands_at_its_field(tell: Tell, field: str, typed: str, status: int, says: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        ada = await create_user(client)
        await place_order(client, ada["id"], id="tea-1")
        form = {"user_id": ada["id"], "product": "Tea", "quantity": "2", "id": "tea-2"}

        page = await refused(client, "/orders", "place", **form | {field: typed})

        assert page.status == status
        assert page.error(field) == says
        for name, value in (form | {field: typed}).items():
            assert page.typed(name) == value

    tell(story)


def test_a_status_that_is_none_stands_at_its_field(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        page = await refused(client, "/orders", "place", status="lost")

        assert page.error("status") == "The status must be one of: pending, completed."

    tell(story)


def test_completing_an_order_that_is_gone_is_explained(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        page = await refused(client, "/orders", "complete", id="tea-1")

        assert page.status == 404
        assert "There is no order 'tea-1'." in page.main

    tell(story)
