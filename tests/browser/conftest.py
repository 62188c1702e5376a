"""The system's Chromium, and the pages that it is shown: from a server, and from a function behind a stage."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from loopback.lambda_emulator import emulator
from tests.browser.bridge import stage_of
from tests.runtimes.emulator import function
from tests.runtimes.processes import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP shop.test 127.0.0.1",
)
MEMORY = {"STORE": "memory", "CURSOR_SECRET": "secret-of-browser-tests"}

expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM or "CI" in os.environ:
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="the pages need a browser: apt-get install chromium"))


# Not for the whole session: while Playwright runs, no test may have an event loop of its own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages of a server; their address."""
    with serving(tmp_path_factory.mktemp("local"), **MEMORY) as served:
        yield f"{served.base_url}/"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages of a function behind a stage of API Gateway; their address."""
    if not emulator() and "CI" not in os.environ:
        pytest.skip("there is no emulator for this machine")
    with function(tmp_path_factory.mktemp("lambda"), **MEMORY) as shop, stage_of(shop) as prefixed:
        yield prefixed.url
        assert prefixed.strays == []


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens windows of a browser. What one of them complains of fails the test."""
    complaints: list[str] = []
    with ExitStack() as windows:

        def open_window(**options: Any) -> BrowserContext:
            window = browser.new_context(**options)
            windows.callback(window.close)
            window.set_default_timeout(15_000)
            window.on("weberror", lambda error: complaints.append(str(error.error)))
            window.on("dialog", lambda dialog: complaints.append(dialog.message))
            window.on(
                "console",
                lambda said: complaints.extend([f"{said.text} {said.location}"] if said.type == "error" else []),
            )
            return window

        yield open_window
    # What a status of 4xx or 5xx is for, the pages say themselves.
    assert [each for each in complaints if not each.startswith("Failed to load resource: the server responded")] == []


@pytest.fixture(params=["local", "stage"])
def shop(request: pytest.FixtureRequest) -> str:
    """The address of the pages on each runtime."""
    address: str = request.getfixturevalue(request.param)
    return address
