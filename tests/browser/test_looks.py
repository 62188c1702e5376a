"""Every page in every state, light and dark, wide and narrow: nothing overflows, axe finds nothing, and a picture is
kept in var/screenshots for people to look at.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import MEMORY
from tests.runtimes.processes import serving

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "var/screenshots"
AXE = (Path(__file__).parent / "vendor/axe-core/axe.min.js").read_text()
# The viewer's own markup is not ours to mend.
OURS = {"exclude": ["#viewer"]}

LONG = "Hubert Blaine Wolfeschlegelsteinhausenbergerdorff" * 2
RIGHT_TO_LEFT = "أبو عبد الله محمد بن موسى الخوارزمي"
WIDTHS = (1280, 320)

Opened = Callable[..., BrowserContext]


@dataclass
class Looks:
    """Looks at pages of one colour scheme."""

    scheme: str
    url: str
    windows: list[Page]

    def at(self, state: str, path: str, act: Callable[[Page], None] = lambda _: None) -> None:
        for width, page in zip(WIDTHS, self.windows, strict=True):
            page.goto(f"{self.url}{path}")
            act(page)
            # The caret would be hidden by a style attribute, which the pages' policy forbids htmx to carry over.
            picture = PICTURES / f"{state}-{self.scheme}-{width}.png"
            page.screenshot(path=picture, full_page=True, caret="initial")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{state} is wider than {width}"
            assert found_by_axe(page) == [], state

    def post(self, path: str, **fields: object) -> str:
        response = httpx.post(f"{self.url}api/{path}", json=fields, trust_env=False, verify=False).raise_for_status()
        identity: str = response.json()["id"]
        return identity


def found_by_axe(page: Page) -> list[str]:
    found = page.evaluate(f"axe.run({json.dumps(OURS)})")
    return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]


@pytest.fixture(params=["light", "dark"])
def looks(request: pytest.FixtureRequest, tmp_path: Path, opened: Opened) -> Iterator[Looks]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with serving(tmp_path, **MEMORY) as served:
        windows = [
            opened(color_scheme=request.param, viewport={"width": width, "height": 800}, reduced_motion="reduce")
            for width in WIDTHS
        ]
        for window in windows:
            window.add_init_script(AXE)
        yield Looks(request.param, f"{served.base_url}/", [window.new_page() for window in windows])


def test_every_page_in_every_state(looks: Looks) -> None:
    looks.at("overview-empty", "")
    looks.at("users-empty", "users")
    looks.at("orders-empty", "orders")

    ada = looks.post("users", name="Ada Lovelace", email="ada@example.com")
    looks.post("orders", user_id=ada, product="Analytical engine", quantity=1)
    looks.at("users-one", f"users?id={ada}&done=create")
    looks.at("orders-one", f"orders?user_id={ada}")
    looks.at("orders-new", f"orders?user_id={ada}&new=1")
    looks.at("users-delete", "users", lambda page: page.locator("summary").click())
    looks.at("users-conflict", "users", conflict)
    looks.at("users-kept", "users", delete_a_user_with_orders)
    looks.at("orders-invalid", "orders", place_nothing)
    looks.at("orders-filter", f"orders?user_id={'x' * 65}")

    looks.post("users", name=LONG, email=f"{'hubert.blaine.' * 15}@example.com")
    looks.post("users", name=RIGHT_TO_LEFT, email="algorithm@example.com")
    looks.post("orders", user_id=ada, product=LONG * 2, quantity=1_000_000, status="completed", id="i" * 64)
    looks.post("orders", user_id=ada, product=RIGHT_TO_LEFT, quantity=3)
    looks.at("users-long-and-right-to-left", "users")
    looks.at("orders-long-and-right-to-left", "orders")

    for number in range(50):
        looks.post("users", name=f"Person {number}", email=f"person{number}@example.com")
    looks.at("overview-many", "")
    looks.at("users-many", "users?limit=8")
    looks.at("users-older", "users?limit=8", lambda page: page.get_by_role("link", name="Older").click())

    looks.at("health", "health")
    looks.at("api", "schema", lambda page: expect(page.locator("#operations-users-listUsers")).to_be_visible())
    looks.at("failure", "users", send_no_form)


def test_each_runtime_has_colours_that_can_be_read(looks: Looks) -> None:
    for runtime in ("lambda", "ecs", "eks", "my.own:Container"):
        looks.at(f"runtime-{runtime.partition(':')[0]}", "users", partial(pretend_to_be, runtime=runtime))


def pretend_to_be(page: Page, runtime: str) -> None:
    page.locator("html").evaluate("(html, runtime) => { html.dataset.runtime = runtime }", runtime)
    page.locator(".badge b").evaluate("(name, runtime) => { name.textContent = runtime }", runtime)


def conflict(page: Page) -> None:
    page.get_by_label("Name").fill("Augusta Ada King")
    page.get_by_label("E-mail").fill("ADA@example.com")
    page.get_by_role("button", name="Create user").click()
    expect(page.locator("#email-error")).to_be_visible()


def delete_a_user_with_orders(page: Page) -> None:
    page.locator("summary").click()
    page.get_by_role("button", name="Delete permanently").click()
    expect(page.locator(".row .error")).to_be_visible()


def place_nothing(page: Page) -> None:
    page.get_by_label("User’s id").first.fill("ghost")
    page.get_by_label("Quantity").fill("many")
    page.get_by_label("Order’s id").fill("a b")
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#quantity-error")).to_be_visible()


def send_no_form(page: Page) -> None:
    page.evaluate("document.querySelector('form').enctype = 'text/plain'; document.querySelector('form').submit()")
    expect(page.get_by_role("heading", level=1)).to_have_text("The body is not a form.")
