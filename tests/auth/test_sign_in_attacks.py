"""Attempts to take over, plant or extend a session, or to be led elsewhere."""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import httpx
import pytest

from tests.auth.people import PUBLIC_URL, Browser, Provider, a_shop, tell
from tests.auth.tokens import FOREIGN
from tests.http.pages import Page

SESSION = "__Host-shapeshift-session"


def assert_failed(response: httpx.Response, says: str) -> None:
    page = Page(response)
    assert page.status == 400
    assert "The sign-in was not completed" in page.main
    assert says in page.main
    assert ".." not in page.main
    assert "set-cookie" not in response.headers


ELSEWHERE = [
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "users/../..", "http:users", "users#x", "users?x=1\r\nset-cookie: a=b", "orders?\\\\evil", "../users", "/users",
    "%2f%2fevil.example", "payments", "sign-out", "users" + "?" + "x" * 600, " users", "users\n",
]  # fmt: skip


@pytest.mark.parametrize("to", ELSEWHERE)
def test_sign_in_leads_back_to_our_own_pages_only(to: str) -> None:
    async def story(browser: Browser) -> None:
        asked = await browser.begin(str(httpx.URL("sign-in", params={"to": to})))
        signed_in = await browser.get(browser.agree(asked))
        assert signed_in.headers["location"] == "./"

    tell(story)


@pytest.mark.parametrize("to", ["users", "orders?user_id=u1&new=1", "health", "schema", "users?cursor=a_b-c&limit=5"])
def test_sign_in_leads_back_to_each_of_our_pages(to: str) -> None:
    async def story(browser: Browser) -> None:
        asked = await browser.begin(str(httpx.URL("sign-in", params={"to": to})))
        assert (await browser.get(browser.agree(asked))).headers["location"] == to

    tell(story)


def test_another_browser_cannot_complete_a_sign_in() -> None:
    """Else whoever begins it could have somebody else work under their name."""

    async def story(browser: Browser) -> None:
        address = browser.agree(await browser.begin())
        browser.client.cookies.clear()
        assert_failed(await browser.get(address), "another browser")
        await browser.begin()
        assert_failed(await browser.get(address), "another browser")
        assert browser.provider.forms == []

    tell(story)


def test_two_tabs_can_sign_in_at_the_same_time() -> None:
    async def story(browser: Browser) -> None:
        first, second = await browser.begin("sign-in?to=users"), await browser.begin("sign-in?to=orders")
        assert (await browser.get(browser.agree(first))).headers["location"] == "users"
        assert (await browser.get(browser.agree(second))).headers["location"] == "orders"

    tell(story)


def altered(state: str) -> str:
    raw = bytearray(urlsafe_b64decode(state + "=" * (-len(state) % 4)))
    raw[20] ^= 1
    return urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize("state", ["", "x", "\u00e9", "A" * 80, "altered", "of another sign-in"])
def test_a_state_that_we_did_not_make_is_refused(state: str) -> None:
    async def story(browser: Browser) -> None:
        asked = await browser.begin()
        other = await browser.begin()
        given = {"altered": altered(asked["state"]), "of another sign-in": other["state"]}.get(state, state)
        code = httpx.URL(browser.agree(asked)).params["code"]
        response = await browser.get("/signed-in", params={"code": code, "state": given})
        # The verifier of another sign-in does not fit the code.
        says = "invalid_grant" if state == "of another sign-in" else "not one that we sent you to"
        assert_failed(response, says)

    tell(story)


def test_a_sign_in_may_take_ten_minutes() -> None:
    async def story(browser: Browser) -> None:
        asked = await browser.begin()
        browser.passed[0] = 601
        assert_failed(await browser.get(browser.agree(asked)), "It took too long")

    tell(story)


def test_a_code_works_once() -> None:
    async def story(browser: Browser) -> None:
        address = browser.agree(await browser.begin())
        assert (await browser.get(address)).status_code == 303
        assert_failed(await browser.get(address), "invalid_grant")

    tell(story)


BAD_TOKENS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "an id token of another sign-in": ({"nonce": "another"}, {}, "another sign-in"),
    "an id token without a nonce": ({"nonce": None}, {}, "another sign-in"),
    "an id token for another client": ({"aud": "other"}, {}, "for another audience"),
    "an id token of another issuer": ({"iss": "https://other.example"}, {}, "from another issuer"),
    "an id token that has expired": ({"exp": -100}, {}, "has expired"),
    "an access token for another audience": ({}, {"aud": "other"}, "for another audience"),
    "an access token that has expired": ({}, {"exp": -100}, "has expired"),
    "an access token that has just expired": ({}, {"exp": -1}, "expired already"),
}


def expiring(claims: dict[str, Any]) -> dict[str, Any]:
    """Return the claims; an expiry in seconds from now becomes one."""
    return {name: int(time.time()) + value if name == "exp" else value for name, value in claims.items()}


@pytest.mark.parametrize(("identity", "access", "says"), BAD_TOKENS.values(), ids=BAD_TOKENS)
def test_tokens_that_are_not_for_this_begin_no_session(
    identity: dict[str, Any], access: dict[str, Any], says: str
) -> None:
    provider = Provider()
    provider.identity, provider.access = expiring(identity), expiring(access)

    async def story(browser: Browser) -> None:
        assert_failed(await browser.get(browser.agree(await browser.begin())), says)

    tell(story, provider=provider)


def test_the_error_of_a_provider_is_shown_as_a_word_and_no_more() -> None:
    async def story(browser: Browser) -> None:
        asked = await browser.begin()
        for error, shown in (
            ("access_denied", "(access_denied)"),
            ("<script>alert(1)</script>", "(scriptalertscript)"),
            ("", "(no reason given)"),
        ):
            query = {"error": error, "state": asked["state"], "error_description": "Call 555-0100 now"}
            response = await browser.get("/signed-in", params=query)
            assert_failed(response, shown)
            assert "555" not in response.text
            assert "<script>" not in response.text

    tell(story)


def test_an_answer_that_names_another_issuer_is_refused() -> None:
    async def story(browser: Browser) -> None:
        address = browser.agree(await browser.begin())
        assert_failed(await browser.get(f"{address}&iss=https://evil.example"), "Another identity provider")
        assert (await browser.get(f"{address}&iss={browser.provider.url}")).status_code == 303

    tell(story)


COOKIES = ["", "x", "A" * 200, "\u00e9", "a.b.c", "==="]


@pytest.mark.parametrize("value", COOKIES)
def test_a_cookie_that_we_did_not_make_is_no_session(value: str) -> None:
    async def story(browser: Browser) -> None:
        header = f"{SESSION}={value}".encode()
        response = await browser.get("/users", headers=[(b"cookie", header)])
        assert response.status_code == 303

    tell(story)


def test_a_session_is_no_state_and_a_state_no_session() -> None:
    async def story(browser: Browser) -> None:
        asked = await browser.begin()
        planted = {"cookie": f"{SESSION}={asked['state']}"}
        assert (await browser.get("/users", headers=planted)).status_code == 303
        await browser.sign_in()
        session = browser.client.cookies[SESSION]
        response = await browser.get("/signed-in", params={"code": "x", "state": session})
        assert_failed(response, "not one that we sent you to")

    tell(story)


def test_an_altered_session_is_none() -> None:
    async def story(browser: Browser) -> None:
        await browser.sign_in()
        planted = {"cookie": f"{SESSION}={altered(browser.client.cookies[SESSION])}"}
        browser.client.cookies.clear()
        assert (await browser.get("/users", headers=planted)).status_code == 303

    tell(story)


def test_signing_in_replaces_the_session_that_was_there() -> None:
    provider = Provider()

    async def story(browser: Browser) -> None:
        await browser.sign_in()
        before = browser.client.cookies[SESSION]
        provider.identity = {"preferred_username": "Eve"}
        provider.access = {"sub": "eve"}
        await browser.sign_in()
        assert browser.client.cookies[SESSION] != before
        assert "Signed in as Eve" in Page(await browser.get("/")).one("form", action="sign-out").text

    tell(story, provider=provider)


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_another_site_can_neither_change_anything_nor_sign_a_person_out(headers: dict[str, str]) -> None:
    async def story(browser: Browser) -> None:
        await browser.sign_in()
        page = Page(await browser.get("/users"))
        session = page.one("input", name="session").attributes["value"]
        token = page.one("input", name="token").attributes["value"]
        form = {"token": token, "do": "create", "name": "Eve", "email": "eve@example.com"}

        assert (await browser.client.post("/users", data=form, headers=headers)).status_code == 403
        out = await browser.client.post("/sign-out", data={"session": session}, headers=headers)
        assert out.status_code == 403
        assert "set-cookie" not in out.headers
        assert (await browser.client.post("/sign-out", data={"session": "0" * 64})).status_code == 403
        assert (await browser.client.post("/sign-out", data={"do": "x"})).status_code == 403
        assert (await browser.get("/users")).status_code == 200

    tell(story)


def test_a_form_of_one_person_is_not_accepted_from_another() -> None:
    """A pair of cookie and token that was planted is of no use: tokens are made for whoever is signed in."""
    provider = Provider()

    async def story(browser: Browser) -> None:
        await browser.sign_in()
        page = Page(await browser.get("/users"))
        form = {"token": page.one("input", name="token").attributes["value"], "do": "create", "name": "Eve"}
        provider.access = {"sub": "eve"}
        await browser.sign_in()
        assert (await browser.client.post("/users", data=form)).status_code == 403

    tell(story, provider=provider)


@pytest.mark.parametrize("form", [b"x" * 70_000, b"%ff", b""])
def test_a_sign_out_that_is_no_form_changes_nothing(form: bytes) -> None:
    async def story(browser: Browser) -> None:
        await browser.sign_in()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        out = await browser.client.post("/sign-out", content=form, headers=headers)
        assert out.status_code in {400, 403, 413}
        assert (await browser.get("/sign-out")).headers["allow"] == "POST"
        assert (await browser.get("/users")).status_code == 200

    tell(story)


def test_a_provider_that_is_down_or_out_of_order_is_503() -> None:
    async def story(browser: Browser) -> None:
        address = browser.agree(await browser.begin())
        browser.provider.instead = b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n"
        page = Page(await browser.get(address))
        assert (page.status, page.response.headers["retry-after"]) == (503, "1")
        browser.provider.instead = None
        assert (await browser.get(address)).status_code == 303

        await browser.provider.stop()
        await browser.get("/users")
        restarted = a_shop(browser.provider, browser.passed)
        fresh = Browser(restarted, browser.provider, PUBLIC_URL, browser.passed)
        assert Page(await fresh.get("/sign-in")).status == 503

    tell(story)


def test_a_provider_that_returns_no_tokens_begins_no_session() -> None:
    async def story(browser: Browser) -> None:
        for body in (b"{}", b'{"id_token": 1, "access_token": []}', b'{"id_token": "a.b.c", "access_token": "opaque"}'):
            address = browser.agree(await browser.begin())
            browser.provider.instead = b"HTTP/1.1 200 X\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
            assert_failed(await browser.get(address), "The identity provider cannot be used")
            browser.provider.instead = None

    tell(story)


def test_a_token_that_somebody_else_signed_begins_no_session() -> None:
    provider = Provider()
    provider.signs_with = FOREIGN["RS256"]

    async def story(browser: Browser) -> None:
        address = browser.agree(await browser.begin())
        assert_failed(await browser.get(address), "a signature that no key of the issuer made")

    tell(story, provider=provider)
