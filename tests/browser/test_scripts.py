"""What the pages' own scripts add, and what no other script can do."""

from collections.abc import Callable

import httpx
from playwright.sync_api import BrowserContext, expect

from tests.http.test_pages_frame import SCRIPT

Opened = Callable[..., BrowserContext]


def test_an_id_is_copied(local: str, opened: Opened) -> None:
    user = httpx.post(f"{local}api/users", json={"name": "Grace", "email": "grace@example.com"}, trust_env=False).json()
    window = opened(permissions=["clipboard-read", "clipboard-write"])
    page = window.new_page()
    page.goto(f"{local}users")

    page.get_by_role("button", name="Copy the id of Grace").click()

    expect(page.locator("#announcement")).to_have_text("The id was copied.")
    assert page.evaluate("navigator.clipboard.readText()") == user["id"]


def test_the_talks_stored_script_does_not_run(local: str, opened: Opened) -> None:
    user = httpx.post(
        f"{local}api/users", json={"name": SCRIPT, "email": "mallory@example.com"}, trust_env=False
    ).json()
    order = {"user_id": user["id"], "product": SCRIPT, "quantity": 1}
    httpx.post(f"{local}api/orders", json=order, trust_env=False).raise_for_status()
    page = opened().new_page()

    for path in ("users", "orders"):
        page.goto(f"{local}{path}")
        row = page.locator(".row").filter(has=page.get_by_role("heading", name=SCRIPT))
        row.locator("summary").click()
        row.get_by_role("button", name="Copy").click()
    row.get_by_role("button", name="Complete").click()
    expect(page.locator("#announcement")).to_have_text("The order was completed.")


def test_a_form_that_gets_no_answer_keeps_what_was_typed(local: str, opened: Opened) -> None:
    page = opened().new_page()
    page.goto(f"{local}users")
    page.get_by_label("Name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@example.com")

    page.route(
        "**/users", lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")
    )
    page.get_by_role("button", name="Create user").click()

    expect(page.locator("#unanswered")).to_contain_text("The service did not answer.")
    expect(page.locator("#announcement")).to_contain_text("The service did not answer.")
    expect(page.get_by_label("Name")).to_have_value("Ada")
    page.unroute("**/users")
    page.get_by_role("button", name="Create user").click()
    expect(page.get_by_role("heading", name="Ada")).to_be_visible()
    expect(page.locator("#unanswered")).to_have_count(0)


def test_back_leads_to_what_was_shown_before(local: str, opened: Opened) -> None:
    for number in range(21):
        user = {"name": f"Number {number}", "email": f"{number}@example.com"}
        httpx.post(f"{local}api/users", json=user, trust_env=False).raise_for_status()
    page = opened().new_page()
    page.goto(f"{local}users?limit=20")
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_role("heading", name="Number 0")).to_be_visible()
    assert "cursor=" in page.url

    page.go_back()

    expect(page.get_by_role("heading", name="Number 20")).to_be_visible()
    expect(page.get_by_role("heading", name="Number 0", exact=True)).to_have_count(0)


def test_the_api_is_read_and_tried_within_its_policy(shop: str, opened: Opened) -> None:
    page = opened().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{shop}schema")
    operation = page.locator("#operations-health-getHealth")
    operation.locator(".opblock-summary").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()

    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    assert [url for url in asked if not url.startswith((shop, "data:"))] == []
    assert asked[-1] == f"{shop}api/health"
