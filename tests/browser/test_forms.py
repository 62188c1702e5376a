"""Forms that fill themselves in, and forms of browsers that say little of where they come from."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

Opened = Callable[..., BrowserContext]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_order_is_placed_without_copying_an_id(shop: str, opened: Opened, *, scripts: bool) -> None:
    page = opened(java_script_enabled=scripts).new_page()
    page.goto(f"{shop}users")
    name = f"Grace {'Hopper' if scripts else 'Murray'}"
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.replace(' ', '.')}@example.com")
    page.get_by_role("button", name="Create user").click()

    page.get_by_role("link", name=f"New order for {name}").click()
    expect(page.get_by_label("Product")).to_be_focused()
    page.keyboard.type("Tea")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The order was placed.", exact=True).first).to_be_visible()

    page.goto(f"{shop}orders")
    chosen = page.locator("#newest-users option").filter(has_text=name).get_attribute("value")
    assert chosen
    field = page.get_by_role("combobox", name="User’s id", exact=True)
    expect(field).to_have_accessible_description("Choose one of the newest users by name, or enter an id")
    field.fill(chosen)
    page.get_by_label("Product").fill(f"Jam {scripts}")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", name=f"1 × Jam {scripts}")).to_be_visible()
    assert page.locator(".row").filter(has_text=f"Jam {scripts}").get_by_role("link").inner_text() == chosen


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_form_is_accepted_where_the_browser_sends_only_its_origin(
    local: str, opened: Opened, *, scripts: bool
) -> None:
    """Browsers send `Sec-Fetch-Site` over HTTPS and to their own machine only."""
    page = opened(java_script_enabled=scripts).new_page()
    sent: list[dict[str, str]] = []
    page.on("request", lambda request: sent.append(request.all_headers()) if request.method == "POST" else None)
    shop = local.replace("127.0.0.1", "shop.test")
    page.goto(f"{shop}users")
    page.get_by_label("Name").fill("Katherine")
    page.get_by_label("E-mail").fill(f"katherine.{scripts}@example.com")
    page.get_by_role("button", name="Create user").click()

    expect(page.get_by_text("The user was created.", exact=True).first).to_be_visible()
    (headers,) = sent
    assert (headers.get("sec-fetch-site"), headers["origin"]) == (None, shop.removesuffix("/"))
