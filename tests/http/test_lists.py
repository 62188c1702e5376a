"""Pages, limits, links and cursors."""

import httpx
import pytest

from tests.http.conftest import Tell, assert_problem, create_user, place_order


async def walk(client: httpx.AsyncClient, path: str) -> list[list[str]]:
    """The ids on each page, following `Link` until there is none."""
    pages = []
    url = httpx.URL(f"http://shop.example{path}")
    for _ in range(20):
        response = await client.get(url)
        assert response.status_code == 200
        pages.append([item["id"] for item in response.json()])
        if "link" not in response.headers:
            return pages
        url = url.join(response.links["next"]["url"])
    raise AssertionError(f"the pages do not end: {pages}")


def test_the_links_lead_through_every_page_once(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        users = [(await create_user(client, f"{number}@example.com"))["id"] for number in range(7)]
        orders = [(await place_order(client, users[number % 2]))["id"] for number in range(8)]

        assert await walk(client, "/api/users?limit=3") == [users[:3:-1], users[3:0:-1], users[:1]]
        assert await walk(client, "/api/users?limit=7") == [users[::-1]]
        assert await walk(client, f"/api/orders?user_id={users[0]}&limit=2") == [
            [orders[6], orders[4]],
            [orders[2], orders[0]],
        ]

    tell(story)


def test_a_page_has_fifty_items_unless_asked_otherwise_and_a_relative_link(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for number in range(51):
            await create_user(client, f"{number}@example.com")

        response = await client.get("/api/users")

        assert len(response.json()) == 50
        assert response.headers["link"].startswith("<?limit=50&cursor=")
        assert response.headers["link"].endswith('>; rel="next"')
        assert len((await client.get("/api/users?limit=100")).json()) == 51

    tell(story)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.0", "1e1", "", "%20", "+5", "05", "٥", "x", "9" * 5000])
def test_a_bad_limit_is_400(tell: Tell, limit: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for path in ("/api/users", "/api/orders"):
            problem = assert_problem(await client.get(f"{path}?limit={limit}"), 400, "invalid-request")
            assert [error["field"] for error in problem["errors"]] == ["limit"]

    tell(story)


def test_a_cursor_that_is_foreign_altered_or_invented_is_400(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        ada, bob = await create_user(client, "ada@example.com"), await create_user(client, "bob@example.com")
        for owner in (ada, ada, bob, bob):
            await place_order(client, owner["id"])
        of_ada = (await client.get(f"/api/orders?user_id={ada['id']}&limit=1")).links["next"]["url"]
        cursor = of_ada.rpartition("=")[2]
        altered = ("B" if cursor[0] == "A" else "A") + cursor[1:]

        assert (await client.get(f"/api/orders?user_id={ada['id']}&cursor={cursor}")).status_code == 200
        for path in (
            f"/api/orders?user_id={bob['id']}&cursor={cursor}",
            f"/api/orders?cursor={cursor}",
            f"/api/users?cursor={cursor}",
            f"/api/orders?user_id={ada['id']}&cursor={altered}",
            f"/api/orders?user_id={ada['id']}&cursor={cursor}A",
            "/api/users?cursor=",
            "/api/users?cursor=%00%FF",
            "/api/users?cursor=" + "A" * 9000,
        ):
            problem = assert_problem(await client.get(path), 400, "invalid-request")
            assert [error["field"] for error in problem["errors"]] == ["cursor"], path

    tell(story)


def test_every_bad_parameter_is_named_and_of_a_repeated_one_the_last_counts(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        bad = await client.get("/api/orders?cursor=x&limit=0&user_id=%00")
        fields = [error["field"] for error in assert_problem(bad, 400, "invalid-request")["errors"]]

        assert fields == ["user_id", "limit", "cursor"]
        assert (await client.get("/api/users?limit=0&limit=5&unknown=1")).status_code == 200
        assert (await client.get("/api/users?limit=5&limit=0")).status_code == 400
        assert (await client.get("/api/users?" + "&".join(f"p{n}={n}" for n in range(1000)))).status_code == 200

    tell(story)
