"""What holds for every page: safety, references, files, and what a process without pages is spared."""

import asyncio
import gzip
import subprocess
import sys
from typing import Any

import httpx
import pytest

from service.domain.entities import ENTITIES
from service.domain.orders import Order, Status
from service.http.pages import assets
from tests.description import PAGES
from tests.examples import NOON
from tests.http.conftest import Tell, a_container, assert_problem, client_of, create_user, place_order
from tests.http.pages import Page, show

SCRIPT = "');alert(1);//<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_loaded_from_elsewhere_and_nothing_runs_that_is_in_the_page(tell: Tell, path: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        page = await show(client, path)

        images = "'self' data:" if path == "/schema" else "'self'"
        assert page.response.headers["content-security-policy"] == (
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; connect-src 'self'; "
            "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )
        assert page.response.headers["cache-control"] == "no-store"
        assert all(script.attributes["src"] and not script.text for script in page.all("script"))
        assert page.all("style") == []
        assert not [each for each in page.elements if "style" in each.attributes]
        assert not [name for each in page.elements for name in each.attributes if name.startswith(("on", "hx-on"))]

    tell(story)


def test_what_users_write_is_text_wherever_it_is_shown() -> None:
    """Also an id that only another program could have put into the store."""
    container = a_container()

    async def told() -> None:
        async with client_of(container) as client:
            ada = await create_user(client, name=SCRIPT)
            await container.order_repository().add(
                Order(
                    id=SCRIPT,
                    user_id=ada["id"],
                    product=SCRIPT,
                    quantity=1,
                    status=Status.PENDING,
                    created_at=NOON,
                )
            )
            plain = {path: await show(client, path) for path in ("/users", "/orders")}
            odd = [
                await show(client, f"/orders?user_id={SCRIPT[:60]}"),
                await show(client, f"/users?id={SCRIPT}&done={SCRIPT}&cursor={SCRIPT}&limit={SCRIPT}"),
                Page(
                    await client.post(
                        "/orders", data={"do": "place", "user_id": SCRIPT, "product": SCRIPT, "id": SCRIPT}
                    )
                ),
                Page(await client.post("/users", data={"do": SCRIPT, "name": SCRIPT, "email": SCRIPT, "id": SCRIPT})),
            ]

        assert plain["/users"].names() == [SCRIPT]
        assert plain["/orders"].names() == [f"1 × {SCRIPT}"]
        assert plain["/orders"].one("button", class_="copy").attributes["data-copy"] == SCRIPT
        for page in (*plain.values(), *odd):
            assert len(page.all("script")) == 2
            assert page.all("img") == []
            assert all(SCRIPT in each.text for each in page.all("datalist"))
            assert not [name for each in page.elements for name in each.attributes if name.startswith("on")]

    asyncio.run(told())


@pytest.mark.parametrize("path", PAGES)
def test_every_reference_is_relative_and_leads_somewhere(tell: Tell, path: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        await place_order(client, (await create_user(client))["id"])
        page = await show(client, path)
        references = {
            value
            for each in page.elements
            for name in ("href", "src", "action")
            if (value := each.attributes.get(name))
        }
        assert len(references) > 8
        for reference in references:
            assert not reference.startswith("/")
            assert not httpx.URL(reference).is_absolute_url
            response = await client.get(str(page.response.url.join(reference)))
            assert response.status_code == 200, reference

    tell(story)


def test_the_overview_counts_no_further_than_one_page_of_the_list(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for number in range(50):
            user = await create_user(client, f"ada{number}@example.com")
        await place_order(client, user["id"])
        counts = [each.text for each in (await show(client, "/")).all("b")]
        assert counts[:3] == ["local", "50", "1"]

        await create_user(client)
        page = await show(client, "/")
        assert [each.text for each in page.all("b")][:3] == ["local", "50+", "1"]
        assert "This is shapeshift on local, with its data in memory." in page.main

    tell(story)


def test_the_badge_shows_runtime_and_store_on_every_page(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for path in (*PAGES, "/users?limit=x"):
            page = await show(client, path)
            assert page.one("p", class_="badge").text == "Served by local from the store memory"
            assert page.one("html").attributes["data-runtime"] == "local"

    tell(story)


def test_health_shows_each_check(tell: Tell, container: Any) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        page = await show(client, "/health")
        assert [each.text for each in page.all("dd")] == [
            *["ok"] * (len(ENTITIES) + 1),
            "local",
            "memory",
            page.all("dd")[-1].text,
        ]
        container.readiness().draining = True
        draining = await show(client, "/health")
        assert draining.status == 503
        assert [each.text for each in draining.all("dd", class_="bad")] == ["draining"]

    tell(story)


@pytest.mark.parametrize(("served", "missing"), [("users", "orders"), ("orders", "users")])
def test_a_process_that_serves_one_api_shows_only_its_page(served: str, missing: str) -> None:
    async def told() -> None:
        async with client_of(a_container(SERVICES=served)) as client:
            assert_problem(await client.get(f"/{missing}"), 404, "not-found")
            assert_problem(await client.post(f"/{missing}"), 404, "not-found")
            for path in ("/", f"/{served}", "/health", "/schema"):
                links = [each.attributes["href"] for each in (await show(client, path)).all("a")]
                assert served in links
                assert not [link for link in links if link and missing in link]

    asyncio.run(told())


@pytest.mark.parametrize("name", assets.FILES)
def test_a_file_is_named_by_its_content_cached_for_good_and_compressed(tell: Tell, name: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path = f"/{assets.href(name)}"
        plain = await client.get(path, headers={"accept-encoding": "gzip;q=0, br"})
        packed = await client.get(path, headers={"accept-encoding": "br, gzip"})
        head = await client.head(path)

        assert plain.status_code == packed.status_code == head.status_code == 200
        assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert plain.headers["content-type"] == {
            "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        }[name.rpartition(".")[2]]  # fmt: skip
        assert plain.headers["x-content-type-options"] == "nosniff"
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
        assert packed.content == plain.content
        assert len(gzip.compress(plain.content)) < 500_000
        assert int(packed.headers["content-length"]) < len(plain.content)

    tell(story)


def test_another_versions_name_for_a_file_gets_ours_uncached(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        response = await client.get("/static/app.0123456789ab.css")
        assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
        for name in ("app.css", "nothing.0123456789ab.css", "app.0123456789ab", "...", "app.0123456789ab.css.map"):
            assert (await client.get(f"/static/{name}")).status_code == 404

    tell(story)


def test_templates_and_files_are_loaded_only_when_a_page_is_asked_for() -> None:
    program = """
import asyncio, sys
import httpx
from containers.local import LocalContainer
from service.http.pages import assets

async def ask(path):
    transport = httpx.ASGITransport(LocalContainer(environ={"STORE": "memory", "CURSOR_SECRET": "x" * 16}).app())
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        return (await client.get(path)).status_code

def loaded():
    return "jinja2" in sys.modules, assets.asset.cache_info().currsize > 0

for path in ("/api/users", "/api/health", "/schema/openapi.json", "/nowhere", "/users"):
    print(asyncio.run(ask(path)), *loaded(), file=sys.stderr)
"""
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr

    assert printed.splitlines() == [
        "200 False False", "200 False False", "200 False False", "404 False False", "200 True True",
    ]  # fmt: skip
