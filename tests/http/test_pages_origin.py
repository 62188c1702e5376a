"""Where a form was sent from, by what the browser says of it."""

import asyncio

import httpx
import pytest

from tests.http.conftest import Tell, a_container, client_of
from tests.http.pages import refused, send

SELF = "http://shop.example"

FROM_HERE = {
    "the origin": {"origin": SELF},
    "the origin in upper case": {"origin": "HTTP://SHOP.example"},
    "the host in upper case": {"origin": SELF, "host": "SHOP.example"},
    "the default port in the origin": {"origin": f"{SELF}:80"},
    "the origin over TLS that a proxy ends": {"origin": "https://shop.example"},
    "the default port": {"origin": SELF, "host": "shop.example:80"},
    "the default port over TLS": {"origin": "https://shop.example", "host": "shop.example:443"},
    "a port": {"origin": "http://localhost:8000", "host": "localhost:8000"},
    "an IPv6 address": {"origin": "http://[::1]:8000", "host": "[::1]:8000"},
    "what the browser says of the site": {"sec-fetch-site": "same-origin", "origin": "http://behind.a.proxy"},
    "the address bar": {"sec-fetch-site": "none", "origin": "http://behind.a.proxy"},
    "a referrer": {"referer": f"{SELF}/stage/users?limit=2#x"},
    "an empty referrer": {"referer": ""},
    "nothing": {},
}
FOREIGN = {
    "another origin": {"origin": "http://evil.example"},
    "null": {"origin": "null"},
    "nothing": {"origin": ""},
    "no origin": {"origin": "shop.example"},
    "another port": {"origin": f"{SELF}:8080"},
    "the other scheme's port": {"origin": "https://shop.example:80"},
    "a longer name": {"origin": f"{SELF}.evil.example"},
    "a subdomain": {"origin": "http://evil.shop.example"},
    "a path": {"origin": f"{SELF}/users"},
    "two origins": {"origin": f"{SELF} http://evil.example"},
    "an origin without a host to compare": {"origin": "http://", "host": ""},
    "a forwarded host that nobody trusts": {"origin": "http://evil.example", "x-forwarded-host": "evil.example"},
    "a foreign origin with a referrer of ours": {"origin": "http://evil.example", "referer": f"{SELF}/users"},
    "a foreign referrer": {"referer": "http://evil.example/users"},
    "a referrer with our name as its user": {"referer": "http://shop.example@evil.example/"},
    "a referrer with our name in its path": {"referer": "http://evil.example/http://shop.example/"},
    "what the browser says of the site": {"sec-fetch-site": "cross-site", "origin": SELF},
    "another host of the site": {"sec-fetch-site": "same-site", "origin": SELF},
}


@pytest.mark.parametrize("headers", FROM_HERE.values(), ids=FROM_HERE.keys())
def test_a_form_from_our_own_origin_is_accepted(tell: Tell, headers: dict[str, str]) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        client.headers.update(headers)
        response = await send(client, "/users", "create", name="Ada", email="ada@example.com")
        assert response.status_code == 303

    tell(story)


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_form_from_a_foreign_origin_is_refused_even_with_a_good_token(tell: Tell, headers: dict[str, str]) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        client.headers.update(headers)
        page = await refused(client, "/users", "create", name="Ada", email="ada@example.com")
        assert page.status == 403
        assert "The form was sent from another address than that of this page." in page.main
        assert page.typed("name") == "Ada"
        assert (await client.get("/api/users")).json() == []

    tell(story)


@pytest.mark.parametrize(
    ("name", "ours", "foreign"),
    [
        ("sec-fetch-site", "same-origin", "cross-site"),
        ("origin", SELF, "http://evil.example"),
        ("referer", f"{SELF}/users", "http://evil.example/users"),
    ],
)
def test_of_a_header_that_is_repeated_each_value_counts(tell: Tell, name: str, ours: str, foreign: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        kept = client.headers.multi_items()
        for values, status in (((ours, foreign), 403), ((foreign, ours), 403), ((ours, ours), 303)):
            client.headers = httpx.Headers([*kept, *((name, value) for value in values)])
            response = await send(client, "/users", "create", name="Ada", email="ada@example.com")
            assert response.status_code == status, values

    tell(story)


@pytest.mark.parametrize(
    ("hops", "forwarded", "status"),
    [
        (1, "pages.example", 303),
        (1, "evil.example, pages.example", 303),
        (1, "pages.example, evil.example", 403),
        (2, "pages.example, internal.example", 303),
        (1, "", 403),
        (0, "pages.example", 403),
    ],
)
def test_behind_a_proxy_that_rewrites_the_host_the_forwarded_one_counts(hops: int, forwarded: str, status: int) -> None:
    async def told() -> httpx.Response:
        async with client_of(a_container(TRUSTED_HOPS=str(hops))) as client:
            client.headers.update({"origin": "https://pages.example", "x-forwarded-host": forwarded})
            return await send(client, "/users", "create", name="Ada", email="ada@example.com")

    assert asyncio.run(told()).status_code == status


def test_browsers_may_tell_our_own_pages_where_a_form_comes_from(tell: Tell) -> None:
    """With `no-referrer` they would send `Origin: null` with it."""

    async def story(client: httpx.AsyncClient) -> None:
        for path in ("/", "/users", "/orders", "/health", "/schema"):
            assert (await client.get(path)).headers["referrer-policy"] == "same-origin"
        assert (await client.get("/api/users")).headers["referrer-policy"] == "no-referrer"

    tell(story)
