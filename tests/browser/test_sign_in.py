"""People sign in at a real provider, with Chromium, and work as far as they may."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.auth.oidc_provider import free_port, identity_provider
from tests.auth.tokens import AUDIENCE
from tests.browser.bridge import STAGE, stage_of
from tests.browser.conftest import MEMORY
from tests.runtimes.emulator import function
from tests.runtimes.processes import serving

Opened = Callable[..., BrowserContext]
PUBLIC = {"client_id": "pages", "token_endpoint_auth_method": "none"}
CONFIDENTIAL = {"client_id": "pages", "client_secret": "secret-of-the-pages"}


@contextmanager
def a_shop(directory: Path, port: int, environ: dict[str, str], *, stage: bool) -> Iterator[str]:
    """The service, on a server or as a function behind a stage; the address of its pages."""
    if stage:
        public_url = f"http://127.0.0.1:{port}{STAGE}"
        with function(directory, PUBLIC_URL=public_url, **environ) as shop, stage_of(shop, port) as prefixed:
            yield prefixed.url
    else:
        public_url = f"http://127.0.0.1:{port}"
        with serving(directory, "--port", str(port), PUBLIC_URL=public_url, **environ) as served:
            yield f"{served.base_url}/"


@pytest.fixture(params=["public, on a server", "confidential, behind a stage"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of the pages, and a provider where their client is public, or has a secret."""
    stage = "stage" in request.param
    port, client = free_port(), CONFIDENTIAL if stage else PUBLIC
    base = f"http://127.0.0.1:{port}{STAGE if stage else ''}"
    registered = {**client, "redirect_uris": [f"{base}/signed-in"], "post_logout_redirect_uris": [f"{base}/"]}
    with identity_provider([registered]) as issuer:
        secret = {"AUTH_CLIENT_SECRET": CONFIDENTIAL["client_secret"]} if stage else {}
        settings = {"AUTH": "oidc", "AUTH_ISSUER": issuer, "AUTH_AUDIENCE": AUDIENCE, "AUTH_CLIENT_ID": "pages"}
        with a_shop(tmp_path, port, {**MEMORY, **settings, **secret}, stage=stage) as address:
            yield address


def a_window(opened: Opened, **options: bool) -> BrowserContext:
    """A window that does not load the provider's fonts, which are elsewhere."""
    window = opened(**options)
    window.route("https://fonts.googleapis.com/**", lambda asked: asked.fulfill(content_type="text/css", body=""))
    return window


def sign_in(page: Page, name: str) -> None:
    """Enter any password, and agree, at the provider."""
    page.get_by_placeholder("Enter any login").fill(name)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_person_signs_in_works_and_signs_out(shop: str, opened: Opened, *, scripts: bool) -> None:
    window = a_window(opened, java_script_enabled=scripts)
    page = window.new_page()
    page.goto(shop)
    expect(page.get_by_role("link", name="Sign in", exact=True).first).to_be_visible()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Users").click()
    sign_in(page, "ada")

    expect(page).to_have_title("Users · shapeshift")
    assert page.url == f"{shop}users"
    expect(page.get_by_text("Signed in as ada of the tests")).to_be_visible()
    page.get_by_label("Name").fill("Ada Lovelace")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_role("button", name="Create user").click()
    expect(page.get_by_text("The user was created.", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Orders of Ada Lovelace").click()
    expect(page.get_by_text("This user has no orders.")).to_be_visible()
    (session,) = [each for each in window.cookies() if each["name"].endswith("shapeshift-session")]
    assert session["httpOnly"]
    assert page.request.get(f"{shop}api/users").status == 401

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("This is shapeshift on")
    assert page.url == shop
    expect(page.get_by_text("Signed in as")).to_have_count(0)
    page.goto(f"{shop}users")
    expect(page.get_by_placeholder("Enter any login")).to_be_visible()


def test_a_session_that_ends_in_the_middle_leads_back_to_sign_in(shop: str, opened: Opened) -> None:
    window = a_window(opened)
    page = window.new_page()
    page.goto(f"{shop}users")
    sign_in(page, "ada")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_role("button", name="Create user").click()
    expect(page.get_by_text("The user was created.", exact=True).first).to_be_visible()

    window.clear_cookies(name="shapeshift-session")
    page.get_by_label("Name").fill("Grace")
    page.get_by_label("E-mail").fill("grace@example.com")
    page.get_by_role("button", name="Create user").click()
    expect(page.get_by_text("Nothing was changed: you are not signed in")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    expect(page).to_have_title("Users · shapeshift")  # the provider still knows who this is
    expect(page.get_by_text("Signed in as ada of the tests")).to_be_visible()

    window.clear_cookies(name="shapeshift-session")
    page.get_by_role("link", name="Orders of Ada").click()
    expect(page).to_have_title("Orders · shapeshift")
    expect(page.get_by_text("Signed in as ada of the tests")).to_be_visible()
