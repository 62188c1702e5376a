"""The form of cursors and links, which is the same on every store and in every release."""

import httpx

from service.application.ports import Position
from service.http.paging import Cursors
from tests.examples import NOON
from tests.http.conftest import Tell, create_user, place_order


def test_a_cursor_has_the_bytes_that_were_given_out_before() -> None:
    """Whoever holds a cursor of the last release can go on: a change here needs a new format number."""
    cursor = Cursors("a secret").encode("orders/u1", Position(NOON, "tea-1"))

    assert cursor == "qAY__1c9991KttdAJI78PzE3Njk4NjA4MDAwMDAvdGVhLTE"
    assert Cursors("a secret").decode("orders/u1", cursor) == Position(NOON, "tea-1")


def test_a_link_repeats_the_filter_and_the_limit_and_encodes_them(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        for _ in range(3):
            await place_order(client, user["id"])

        of_user = await client.get("/api/orders", params={"user_id": user["id"], "limit": 2})
        of_all = await client.get("/api/orders?limit=1")
        users = await client.get("/api/users?limit=1")

        assert of_user.headers["link"].startswith(f"<?user_id={user['id']}&limit=2&cursor=")
        assert of_all.headers["link"].startswith("<?limit=1&cursor=")
        assert "link" not in users.headers
        assert of_all.headers["link"].endswith('>; rel="next"')

    tell(story)


def test_the_cursor_of_one_users_orders_is_not_that_of_all(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        for _ in range(2):
            await place_order(client, user["id"])
        cursors = [
            (await client.get(path)).links["next"]["url"].rpartition("cursor=")[2]
            for path in ("/api/orders?limit=1", f"/api/orders?limit=1&user_id={user['id']}")
        ]

        assert cursors[0] != cursors[1]
        assert (await client.get(f"/api/orders?cursor={cursors[0]}")).status_code == 200
        assert (await client.get(f"/api/orders?cursor={cursors[1]}")).status_code == 400

    tell(story)


def test_a_cursor_of_one_kind_of_list_is_refused_by_the_other(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        await create_user(client, "bob@example.com")
        for _ in range(2):
            await place_order(client, user["id"])
        cursors = {
            kind: (await client.get(f"/api/{kind}?limit=1")).links["next"]["url"].rpartition("cursor=")[2]
            for kind in ("users", "orders")
        }

        for kind, other in (("users", "orders"), ("orders", "users")):
            assert (await client.get(f"/api/{kind}?cursor={cursors[kind]}")).status_code == 200
            assert (await client.get(f"/api/{other}?cursor={cursors[kind]}")).status_code == 400

    tell(story)


def test_a_list_has_the_name_that_cursors_were_made_for_before(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        await place_order(client, user["id"])
        before = Position(NOON, "x")
        for name, path in (
            ("users", "/api/users?"),
            ("orders", "/api/orders?"),
            (f"orders/{user['id']}", f"/api/orders?user_id={user['id']}&"),
        ):
            cursor = Cursors("secret-of-http-tests").encode(name, before)
            assert (await client.get(f"{path}cursor={cursor}")).status_code == 200, name

    tell(story)


def test_a_parameter_with_a_blank_value_was_given(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        problem = (await client.get("/api/orders?user_id=")).json()
        assert problem["errors"] == [{"field": "user_id", "message": "must have 1 to 64 characters"}]

    tell(story)
