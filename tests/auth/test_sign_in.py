"""People sign in, stay signed in, and sign out."""

import re
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlsplit

import httpx
from structlog.testing import capture_logs

from service.domain.entities import ENTITIES
from tests.auth.conftest import an_application, ask
from tests.auth.people import CLIENT, PUBLIC_URL, Browser, Provider, a_shop, tell
from tests.auth.tokens import AUDIENCE, token
from tests.http.pages import Page, done

SESSION = "__Host-shapeshift-session"


def test_a_page_leads_to_sign_in_and_back_to_itself() -> None:
    async def story(browser: Browser) -> None:
        refused = await browser.get("/orders?user_id=u1&limit=5")
        assert (refused.status_code, refused.content) == (303, b"")
        assert refused.headers["location"] == "sign-in?to=orders%3Fuser_id%3Du1%26limit%3D5"

        asked = await browser.begin(refused.headers["location"])
        assert asked == {
            "tenant": "1",
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": f"{PUBLIC_URL}/signed-in",
            "scope": " ".join(["openid", *(f"{name}:{right}" for name in ENTITIES for right in ("read", "write"))]),
            "code_challenge_method": "S256",
            "audience": AUDIENCE,
            "resource": AUDIENCE,
            **{name: asked[name] for name in ("state", "nonce", "code_challenge")},
        }
        assert min(len(asked["state"]), len(asked["nonce"]), len(asked["code_challenge"])) >= 22

        signed_in = await browser.get(browser.agree(asked))
        assert signed_in.status_code == 303
        assert signed_in.headers["location"] == "orders?user_id=u1&limit=5"
        page = Page(await browser.get("/orders?user_id=u1&limit=5"))
        assert page.status == 200
        assert "Signed in as Ada" in page.one("form", action="sign-out").text
        assert browser.provider.forms[0]["client_id"] == CLIENT
        assert browser.provider.forms[0]["resource"] == AUDIENCE

    tell(story)


def test_the_cookies_are_for_this_host_and_over_https_only() -> None:
    async def story(browser: Browser) -> None:
        begun = await browser.get("sign-in")
        signed_in = await browser.sign_in()
        (session,) = SimpleCookie(signed_in.headers["set-cookie"]).values()
        (attempt,) = SimpleCookie(begun.headers["set-cookie"]).values()

        assert (session.key, attempt.key) == (SESSION, "__Host-shapeshift-sign-in")
        for cookie, longest in ((session, 300), (attempt, 600)):
            assert (cookie["path"], cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["domain"]) == (
                "/", True, True, "Lax", "",
            )  # fmt: skip
            assert longest - 5 <= int(cookie["max-age"]) <= longest
        assert len(session.value) < 1500
        assert not re.search("ada|users", session.value)

    tell(story)


def test_on_loopback_the_cookies_have_the_path_of_the_service() -> None:
    public = "http://127.0.0.1:8000/prod"

    async def story(browser: Browser) -> None:
        asked = await browser.begin("/sign-in")
        assert asked["redirect_uri"] == f"{public}/signed-in"
        (attempt,) = SimpleCookie((await browser.get("/sign-in")).headers["set-cookie"]).values()
        assert (attempt.key, attempt["path"], attempt["secure"]) == ("shapeshift-sign-in", "/prod", "")

    tell(story, base_url="http://127.0.0.1:8000", PUBLIC_URL=f"{public}/")


def test_a_form_without_a_session_is_401_and_offers_to_sign_in() -> None:
    async def story(browser: Browser) -> None:
        page = Page(await browser.client.post("/users", data={"do": "create"}))

        assert page.status == 401
        assert page.response.headers["www-authenticate"] == 'Bearer realm="shapeshift"'
        assert "Nothing was changed: you are not signed in" in page.main
        assert page.link("Sign in") == "sign-in?to=users"

    tell(story)


def test_the_pages_work_for_whoever_may_do_everything() -> None:
    async def story(browser: Browser) -> None:
        await browser.sign_in()
        users = await done(browser.client, "/users", "create", name="Ada", email="ada@example.com")
        assert users.names() == ["Ada"]
        assert (await browser.get("/api/users")).status_code == 401  # the cookie is for the pages only
        overview = Page(await browser.get("/"))
        assert [tile.text for tile in overview.all("b")][:3] == ["local", "1", "0"]

    tell(story)


def test_what_a_person_may_not_do_is_not_offered_and_is_refused() -> None:
    provider = Provider()
    provider.access = {"scope": "users:read"}

    async def story(browser: Browser) -> None:
        api = await browser.client.post(
            "/api/users",
            json={"name": "Ada", "email": "ada@example.com"},
            headers={"authorization": f"Bearer {token(iss=browser.provider.url)}"},
        )
        assert api.status_code == 201
        await browser.sign_in()

        page = Page(await browser.get("/users"))
        assert page.names() == ["Ada"]
        assert not page.all("button", name="do")
        assert not page.all("details")
        assert {link.attributes["href"] for link in page.all("a")}.isdisjoint({"orders"})
        assert not any("orders" in (link.attributes["href"] or "") for link in page.all("a"))

        orders = Page(await browser.get("/orders"))
        assert orders.status == 403
        assert "your account does not have the scope orders:read" in orders.main
        tried = Page(await browser.client.post("/users", data={"do": "delete", "id": api.json()["id"]}))
        assert tried.status == 403
        assert Page(await browser.get("/users")).names() == ["Ada"]
        assert "1" in Page(await browser.get("/")).one("ul", class_="tiles").text

    tell(story, provider=provider)


def test_the_choice_of_users_is_for_those_who_may_read_users() -> None:
    provider = Provider()
    provider.access = {"scope": "orders:read orders:write"}

    async def story(browser: Browser) -> None:
        headers = {"authorization": f"Bearer {token(iss=browser.provider.url)}"}
        made = await browser.client.post("/api/users", json={"name": "Ada", "email": "a@b.c"}, headers=headers)
        await browser.sign_in()
        page = await browser.get("/orders")
        assert made.json()["id"] not in page.text
        assert "Ada," not in page.text

    tell(story, provider=provider)


def test_open_pages_show_no_data_to_anybody_else() -> None:
    async def story(browser: Browser) -> None:
        for path in ("/", "/health", "/schema"):
            page = Page(await browser.get(path))
            assert page.status == 200
            assert page.link("Sign in").startswith("sign-in")
            assert not page.all("form", action="sign-out")
        overview = Page(await browser.get("/"))
        assert not [tile for tile in overview.all("a", href="users") if tile.text[:1].isdigit()]

    tell(story)


def test_a_session_ends_with_its_token() -> None:
    async def story(browser: Browser) -> None:
        await browser.sign_in()
        browser.passed[0] = 290
        assert (await browser.get("/users")).status_code == 200
        browser.passed[0] = 301
        browser.client.cookies.jar.clear_expired_cookies()
        assert (await browser.get("/users")).status_code == 303

    tell(story)


def test_signing_out_ends_the_session_here_and_at_the_provider() -> None:
    async def story(browser: Browser) -> None:
        await browser.sign_in()
        page = Page(await browser.get("/users"))
        form_action = re.search("form-action ([^;]*);", page.response.headers["content-security-policy"])
        assert form_action
        assert form_action[1] == f"'self' {browser.provider.url}"

        assert page.one("form", action="sign-out").attributes["method"] == "post"
        hidden = page.one("input", name="session").attributes["value"]
        gone = await browser.client.post("/sign-out", data={"session": hidden})
        assert gone.status_code == 303
        leads_to = urlsplit(gone.headers["location"])
        assert gone.headers["location"].startswith(f"{browser.provider.url}/end?")
        assert dict(parse_qsl(leads_to.query)) == {
            "client_id": CLIENT,
            "post_logout_redirect_uri": f"{PUBLIC_URL}/",
            "logout_uri": f"{PUBLIC_URL}/",
        }
        assert "Max-Age=0" in gone.headers["set-cookie"]
        assert (await browser.get("/users")).status_code == 303

    tell(story)


def test_where_the_provider_has_no_sign_out_the_overview_is_next() -> None:
    provider = Provider()
    provider.metadata = {"end_session_endpoint": None}

    async def story(browser: Browser) -> None:
        await browser.sign_in()
        page = Page(await browser.get("/"))
        hidden = page.one("input", name="session").attributes["value"]
        gone = await browser.client.post("/sign-out", data={"session": hidden})
        assert (gone.status_code, gone.headers["location"]) == (303, "./")
        assert "form-action 'self';" in page.response.headers["content-security-policy"]

    tell(story, provider=provider)


def test_a_confidential_client_says_its_secret_in_the_way_that_the_provider_wants() -> None:
    for methods in ({}, {"token_endpoint_auth_methods_supported": ["client_secret_post"]}):
        provider = Provider()
        provider.secret = "s:ec/r et"
        provider.metadata = methods

        async def story(browser: Browser) -> None:
            await browser.sign_in()
            assert ("client_secret" in browser.provider.forms[0]) == bool(methods)  # noqa: B023  # used at once

        tell(story, provider=provider, AUTH_CLIENT_SECRET="s:ec/r et")


def test_without_a_client_pages_that_need_a_scope_explain_that_nobody_can_sign_in() -> None:
    shop = an_application()

    page = Page(ask(shop, "GET", "/users"))
    assert page.status == 401
    assert "People cannot sign in here" in page.main
    assert "auth_client_id" in page.main
    assert Page(ask(shop, "POST", "/orders", data={"do": "place"})).status == 401
    assert ask(shop, "GET", "/users", f"Bearer {token()}").status_code == 401  # the API's tokens are for the API
    overview = Page(ask(shop, "GET", "/"))
    assert overview.status == 200
    assert not [link for link in overview.all("a") if link.attributes["href"] in {"users", "orders", "sign-in"}]


def test_a_script_is_sent_to_sign_in_with_the_whole_page() -> None:
    async def story(browser: Browser) -> None:
        scripted = {"hx-request": "true"}
        first = await browser.get("/users", headers=scripted)
        answer = await browser.get(first.headers["location"], headers=scripted)
        assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "sign-in?to=users")

    tell(story)


def test_sessions_and_forms_survive_the_change_of_the_secret() -> None:
    async def story(browser: Browser) -> None:
        await browser.sign_in()
        page = Page(await browser.get("/users"))
        form = page.all("input", name="token")[-1].attributes["value"]

        session = page.one("input", name="session").attributes["value"]

        for present, previous, status in (("n" * 20, "secret-of-http-tests", 303), ("n" * 20, "", 401)):
            environ = {"CURSOR_SECRET": present, "CURSOR_SECRET_PREVIOUS": previous}
            renewed = Browser(
                a_shop(browser.provider, browser.passed, **environ), browser.provider, PUBLIC_URL, browser.passed
            )
            renewed.client.cookies = httpx.Cookies(browser.client.cookies)
            fields = {"token": form, "do": "create", "name": "Ada", "email": "ada@example.com"}
            sent = await renewed.client.post("/users", data=fields)
            assert sent.status_code == status, sent.text
            out = await renewed.client.post("/sign-out", data={"session": session})
            assert out.headers["location"].startswith(browser.provider.url if status == 303 else "./")

    tell(story)


def test_a_sealed_session_of_another_address_or_secret_is_none() -> None:
    async def story(browser: Browser) -> None:
        await browser.sign_in()
        for environ in ({"PUBLIC_URL": f"{PUBLIC_URL}/other"}, {"CURSOR_SECRET": "another-secret-of-tests"}):
            other = a_shop(browser.provider, browser.passed, **environ)
            stranger = Browser(other, browser.provider, PUBLIC_URL, browser.passed)
            stranger.client.cookies = browser.client.cookies
            assert (await stranger.get("/users")).status_code == 303

    tell(story)


def test_no_token_and_no_code_reaches_the_log() -> None:
    found: list[str] = []

    async def story(browser: Browser) -> None:
        asked = await browser.begin()
        back = browser.agree(asked)
        signed_in = await browser.get(back)
        found.extend([back.partition("code=")[2].partition("&")[0], asked["state"], asked["nonce"]])
        found.append(SimpleCookie(signed_in.headers["set-cookie"])[SESSION].value)
        await browser.get("/users")

    with capture_logs() as lines:
        tell(story)
    assert [line["sub"] for line in lines if line["event"] == "request"] == ["-", "-", "ada"]
    assert len(found) == 4
    assert not any(secret in str(lines) for secret in [*found, "eyJ"])
