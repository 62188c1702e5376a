"""The whole story of the pages, as people tell it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

Opened = Callable[..., BrowserContext]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_users_and_orders_come_and_go(shop: str, opened: Opened, *, scripts: bool) -> None:
    page = opened(java_script_enabled=scripts).new_page()
    page.goto(shop)
    expect(page.get_by_role("heading", level=1)).to_contain_text("This is shapeshift on")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Users").click()
    expect(page).to_have_title("Users · shapeshift")
    expect(page.get_by_text("There are no users yet.")).to_be_visible()

    page.get_by_label("Name").fill("A")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_role("button", name="Create user").click()
    expect(page.get_by_label("Name")).to_have_accessible_description(
        "The name must have 2 to 100 characters. 2 to 100 characters"
    )
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_value("ada@example.com")
    expect(page).to_have_title("Problem: Users · shapeshift")

    page.get_by_label("Name").fill("Ada Lovelace")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The user was created.", exact=True).first).to_be_visible()
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("")

    page.get_by_role("link", name="Orders of Ada Lovelace").click()
    expect(page.get_by_text("This user has no orders.")).to_be_visible()
    page.get_by_label("Product").fill("Tea")
    page.get_by_label("Quantity").fill("half")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_label("Quantity")).to_have_accessible_description("The quantity must be a whole number.")
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Place order").click()
    row = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="2 × Tea"))
    expect(row).to_contain_text("pending")
    row.get_by_role("button", name="Complete").click()
    expect(row).to_contain_text("completed")

    page.get_by_role("link", name="Users", exact=True).click()
    delete(page, "Ada Lovelace")
    expect(page.get_by_role("listitem").filter(has_text="Ada Lovelace")).to_contain_text("still has orders.")
    page.get_by_role("link", name="Orders of Ada Lovelace").click()
    delete(page, "Tea")
    expect(page.get_by_text("The order was deleted.", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Users", exact=True).click()
    delete(page, "Ada Lovelace")
    expect(page.get_by_text("There are no users yet.")).to_be_visible()

    page.get_by_role("link", name="Health").click()
    expect(page.get_by_text("is ready for requests", exact=False)).to_be_visible()
    assert page.url == f"{shop}health"


def delete(page: Page, name: str) -> None:
    row = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))
    row.locator("summary").click()
    row.get_by_role("button", name=re.compile("Delete permanently")).click()
    page.wait_for_load_state()


def test_of_two_tabs_that_race_for_an_address_one_sees_why_it_lost(local: str, opened: Opened) -> None:
    window = opened()
    tabs = [window.new_page(), window.new_page()]
    for name, tab in zip(("Ada", "Augusta"), tabs, strict=True):
        tab.goto(f"{local}users")
        tab.get_by_label("Name").fill(name)
        tab.get_by_label("E-mail").fill("ada@example.com")
    for tab in tabs:
        tab.get_by_role("button", name="Create user").click(no_wait_after=True)

    for tab in tabs:
        expect(tab.locator(".notice, .alert")).to_be_visible()
    (loser,) = (tab for tab in tabs if tab.locator(".alert").is_visible())
    expect(loser.get_by_label("E-mail")).to_have_accessible_description(
        "Another user has the e-mail address 'ada@example.com'. No two users share one"
    )
    expect(loser.get_by_label("Name")).not_to_have_value("")
    expect(loser.locator(".row")).to_have_count(1)


def test_everything_works_by_keyboard_alone(local: str, opened: Opened) -> None:
    page = opened().new_page()
    page.goto(local)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    page.goto(local)
    press(page, "Users", "Enter")
    page.wait_for_url("**/users")
    tab_to(page, "Name")
    page.keyboard.type("Grace")
    page.keyboard.press("Tab")
    page.keyboard.type("grace@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Grace")).to_be_visible()
    expect(page.locator("#announcement")).to_have_text("The user was created.")

    press(page, "Orders of Grace", "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
    tab_to(page, "Product")
    page.keyboard.type("Tea")
    press(page, "Place order", "Space")
    expect(page.get_by_role("heading", name="1 × Tea")).to_be_visible()
    press(page, "Complete: Tea", "Space")
    expect(page.locator("#announcement")).to_have_text("The order was completed.")
    press(page, "Delete: Tea", "Enter")
    press(page, "Delete permanently: Tea", "Enter")
    expect(page.locator("#announcement")).to_have_text("The order was deleted.")
    expect(page.locator("#list")).to_be_focused()


def press(page: Page, name: str, key: str) -> None:
    tab_to(page, name)
    page.keyboard.press(key)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus has this name, as someone would who reads it."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and focused.evaluate(NAME) == name:
            assert focused.evaluate("e => getComputedStyle(e).outlineStyle") == "solid", f"{name} shows no focus"
            return
    pytest.fail(f"Tab never reaches {name!r}")


NAME = "e => (e.labels?.[0] ?? e).textContent.trim()"
