"""The users API, as callers see it."""

import re

import httpx

from tests.http.conftest import Tell, assert_problem, create_user, place_order


def test_a_user_is_created_shown_listed_and_deleted(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        response = await client.post("/api/users", json={"name": "  Ada ", "email": "Ada@Example.com", "extra": [1]})
        user = response.json()

        assert response.status_code == 201
        assert list(user) == ["id", "name", "email", "created_at"]
        assert (user["name"], user["email"]) == ("Ada", "Ada@Example.com")
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", user["id"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", user["created_at"])
        assert response.headers["location"] == f"users/{user['id']}"
        assert (await client.get(response.url.join(response.headers["location"]))).json() == user
        assert (await client.get("/api/users")).json() == [user]

        deleted = await client.delete(f"/api/users/{user['id']}")
        assert (deleted.status_code, deleted.content) == (204, b"")
        assert (await client.get("/api/users")).json() == []

    tell(story)


def test_an_unknown_user_is_404(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for id in ("nobody", "%00", "x" * 5000, "%F0%9F%91%A9", "..%5c", "%2e%2e"):
            assert_problem(await client.get(f"/api/users/{id}"), 404, "user-not-found")
            assert_problem(await client.delete(f"/api/users/{id}"), 404, "user-not-found")

    tell(story)


def test_an_email_that_is_taken_is_409(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client, "ada@example.com")

        again = await client.post("/api/users", json={"name": "Other", "email": "ADA@example.com"})

        assert_problem(again, 409, "email-taken")
        assert (await client.get("/api/users")).json() == [user]

    tell(story)


def test_a_user_with_orders_is_409(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        order = await place_order(client, user["id"])

        assert_problem(await client.delete(f"/api/users/{user['id']}"), 409, "user-has-orders")
        await client.delete(f"/api/orders/{order['id']}")
        assert (await client.delete(f"/api/users/{user['id']}")).status_code == 204

    tell(story)


def test_every_invalid_field_is_named_in_the_contracts_order(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        problem = assert_problem(await client.post("/api/users", json={"email": None}), 400, "invalid-request")

        assert problem["errors"] == [
            {"field": "name", "message": "is required"},
            {"field": "email", "message": "must be a string"},
        ]

    tell(story)
