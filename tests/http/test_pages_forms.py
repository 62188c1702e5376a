"""Who may send a form, and in what shape."""

import asyncio

import httpx
import pytest

from tests.http.conftest import Tell, a_container, assert_problem, client_of, create_user
from tests.http.pages import Page, refused, send, show

FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_the_cookie_is_for_the_pages_directory_and_not_for_scripts_or_other_sites(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        first = await client.get("/users")
        name, *attributes = first.headers["set-cookie"].split("; ")
        assert name.startswith("shapeshift-form=")
        assert attributes == ["HttpOnly", "SameSite=Lax"]
        assert "set-cookie" not in (await client.get("/orders")).headers  # there is one already

        client.cookies.clear()
        over_tls = await client.get("/users", headers={"x-forwarded-proto": "https"})
        assert over_tls.headers["set-cookie"].endswith("; SameSite=Lax; Secure")
        assert "set-cookie" not in (await client.get("/api/users")).headers

    tell(story)


def test_a_form_without_its_token_or_cookie_changes_nothing_and_keeps_what_was_typed(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        fields = {"name": "Ada", "email": "ada@example.com"}
        missing = Page(await client.post("/users", data={"do": "create", **fields}))
        forged = await refused(client, "/users", "create", token="0" * 64, **fields)
        odd = await refused(client, "/users", "create", token="é", **fields)
        token = forged.all("input", name="token")[0].attributes["value"]
        client.cookies.clear()
        cookieless = Page(await client.post("/users", data={"token": token, "do": "create", **fields}))

        for page in (missing, forged, odd, cookieless):
            assert page.status == 403
            assert "Nothing was changed." in page.main
            assert page.typed("name") == "Ada"
        assert (await client.get("/api/users")).json() == []
        renewed = cookieless.all("input", name="token")[0].attributes["value"]
        assert (await client.post("/users", data={"token": renewed, "do": "create", **fields})).status_code == 303

    tell(story)


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 303)])
def test_what_the_browser_says_was_sent_from_elsewhere_is_refused(tell: Tell, site: str, status: int) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        client.headers["sec-fetch-site"] = site

        response = await send(client, "/users", "create", name="Ada", email="ada@example.com")

        assert response.status_code == status

    tell(story)


@pytest.mark.parametrize(("secret", "status"), [("secret-of-http-tests", 303), ("another-secret-of-http-tests", 403)])
def test_a_token_is_good_on_every_process_with_the_same_secret_and_on_no_other(secret: str, status: int) -> None:
    async def told() -> httpx.Response:
        async with client_of(a_container()) as one, client_of(a_container(CURSOR_SECRET=secret)) as other:
            token = (await show(one, "/users")).all("input", name="token")[0].attributes["value"]
            other.cookies = one.cookies
            fields = {"token": token, "do": "create", "name": "Ada", "email": "ada@example.com"}
            return await other.post("/users", data=fields)

    assert asyncio.run(told()).status_code == status


def test_of_two_cookies_either_will_do(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        page = await client.get("/users")
        ours = page.headers["set-cookie"].partition(";")[0]
        token = Page(page).all("input", name="token")[0].attributes["value"]
        client.cookies.clear()
        cookies = f"theme=dark; shapeshift-form={'x' * 22}; {ours}"

        response = await client.post(
            "/users",
            data={"token": token, "do": "create", "name": "Ada", "email": "ada@example.com"},
            headers={"cookie": cookies},
        )

        assert response.status_code == 303

    tell(story)


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{}", {"content-type": "application/json"}, 415),
        (b"a=b", {}, 415),
        (b"a=b", {"content-type": "multipart/form-data; boundary=x"}, 415),
        (b"a=" + b"b" * 65536, FORM, 413),
        (b"\xff\xfe", FORM, 400),
        (b"name=%ff%fe", FORM, 400),
        (b"&".join(b"a%d=b" % number for number in range(100)), FORM, 400),
        (b"", FORM, 403),
        (b"===&&&;;;=%", FORM, 403),
        (b"do=create&name=%00&email=%00", FORM, 403),
    ],
)
def test_a_bad_body_is_refused_with_a_page(tell: Tell, content: bytes, headers: dict[str, str], status: int) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for path in ("/users", "/orders"):
            page = Page(await client.post(path, content=content, headers=headers))
            assert page.status == status
            assert page.one("h1")

    tell(story)


@pytest.mark.parametrize("do", ["", "destroy", "{{ 7 * 7 }}"])
def test_a_form_that_asks_for_nothing_known_is_refused(tell: Tell, do: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        page = await refused(client, "/users", do)

        assert page.status == 400
        assert "must be one of: create, delete." in page.main

    tell(story)


def test_the_api_needs_no_token(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        client.headers["sec-fetch-site"] = "cross-site"
        assert (await create_user(client))["name"] == "Ada"

    tell(story)


def test_paths_below_a_page_are_not_found(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for path in ("/users/", "/users/any", "/health/", "/static", "/static/", "/static/a/b"):
            assert_problem(await client.get(path, headers={"accept": "text/html"}), 404, "not-found")

    tell(story)
