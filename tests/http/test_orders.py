"""The orders API, as callers see it."""

import httpx

from tests.http.conftest import Tell, assert_problem, create_user, place_order


def test_an_order_is_placed_shown_completed_and_deleted(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        response = await client.post(
            "/api/orders", json={"user_id": user["id"], "product": " Tea ", "quantity": 2.0, "id": "tea-1"}
        )
        order = response.json()

        assert response.status_code == 201
        assert list(order) == ["id", "user_id", "product", "quantity", "status", "created_at"]
        assert '"quantity":2,' in response.text
        assert (order["id"], order["product"], order["status"]) == ("tea-1", "Tea", "pending")
        assert response.headers["location"] == "orders/tea-1"
        assert (await client.get(response.url.join(response.headers["location"]))).json() == order

        for _ in range(2):
            completed = await client.patch("/api/orders/tea-1", json={"status": "completed"})
            assert (completed.status_code, completed.json()) == (200, order | {"status": "completed"})
        back = await client.patch("/api/orders/tea-1", json={"status": "pending"})
        assert_problem(back, 409, "invalid-transition")

        assert (await client.delete("/api/orders/tea-1")).status_code == 204
        assert_problem(await client.get("/api/orders/tea-1"), 404, "order-not-found")
        assert_problem(await client.delete("/api/orders/tea-1"), 404, "order-not-found")
        assert_problem(await client.patch("/api/orders/tea-1", json={"status": "pending"}), 404, "order-not-found")

    tell(story)


def test_an_order_for_nobody_is_422_even_if_its_id_is_taken(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        order = await place_order(client, user["id"], id="taken")
        ghost = {"user_id": "ghost", "product": "Tea", "quantity": 1}

        assert_problem(await client.post("/api/orders", json=ghost), 422, "user-not-found")
        assert_problem(await client.post("/api/orders", json={**ghost, "id": "taken"}), 422, "user-not-found")
        assert (await client.get("/api/orders")).json() == [order]

    tell(story)


def test_an_id_that_is_taken_is_409_and_the_order_stays_as_it_was(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        order = await place_order(client, user["id"], id="taken")

        again = await client.post(
            "/api/orders", json={"user_id": user["id"], "product": "Coffee", "quantity": 9, "id": "taken"}
        )

        assert_problem(again, 409, "order-exists")
        assert (await client.get("/api/orders/taken")).json() == order

    tell(story)


def test_every_invalid_field_is_named_in_the_contracts_order(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        body = {"id": None, "status": None, "quantity": True, "product": "x", "user_id": 7}

        problem = assert_problem(await client.post("/api/orders", json=body), 400, "invalid-request")

        assert [error["field"] for error in problem["errors"]] == ["user_id", "product", "quantity", "status", "id"]
        change = await client.patch("/api/orders/any", json={})
        assert assert_problem(change, 400, "invalid-request")["errors"] == [
            {"field": "status", "message": "is required"}
        ]

    tell(story)


def test_orders_are_listed_by_user(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        ada, bob = await create_user(client, "ada@example.com"), await create_user(client, "bob@example.com")
        of_ada = [await place_order(client, ada["id"]) for _ in range(3)]
        of_bob = [await place_order(client, bob["id"])]

        assert (await client.get("/api/orders")).json() == [*of_bob, *of_ada[::-1]]
        assert (await client.get("/api/orders", params={"user_id": ada["id"]})).json() == of_ada[::-1]
        assert (await client.get("/api/orders", params={"user_id": "nobody"})).json() == []
        assert (await client.get(f"/api/orders?user_id={ada['id']}&user_id={bob['id']}")).json() == of_bob

    tell(story)
