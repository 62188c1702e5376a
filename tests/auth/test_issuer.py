"""An issuer on loopback that is slow, down, answers something else, or has new keys; what callers see of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from dependency_injector.providers import Object
from structlog.testing import capture_logs

from tests.auth.conftest import an_application
from tests.auth.key_server import JWKS, METADATA, KeyServer, http, key_server
from tests.auth.tokens import FOREIGN, KEYS, Key, claims, key_set
from tests.http.conftest import assert_problem, client_of

NEW = Key("new", "ES256")


class Shop:
    """The service, whose issuer is on loopback, and a clock that a test moves."""

    def __init__(self, issuer: KeyServer, client: httpx.AsyncClient, passed: list[float]) -> None:
        self.issuer = issuer
        self._client = client
        self._passed = passed

    def wait(self, seconds: float) -> None:
        self._passed[0] += seconds

    async def ask(self, key: Key = KEYS["ES256"], **header: Any) -> httpx.Response:
        """The response to a request with a token that was never sent before."""
        now = int(time.time() + self._passed[0])
        token = key.sign(claims(iss=self.issuer.url, exp=now + 300, jti=str(time.perf_counter())), **header)
        return await self._client.get("/api/users", headers={"authorization": f"Bearer {token}"})

    async def status(self, key: Key = KEYS["ES256"], **header: Any) -> int:
        return (await self.ask(key, **header)).status_code


def tell(story: Callable[[Shop], Awaitable[None]], **environ: str) -> None:
    async def told() -> None:
        passed = [0.0]
        async with key_server() as issuer:
            urls = {name: value.format(url=issuer.url) for name, value in environ.items()}
            container = an_application(**{"AUTH_ISSUER": issuer.url, "AUTH_JWKS": "", **urls})
            opened = container.application.opened_authentication()
            opened.now.override(Object(lambda: time.time() + passed[0]))
            async with client_of(container) as client:
                await story(Shop(issuer, client, passed))

    asyncio.run(told())


def test_keys_are_found_through_the_issuers_metadata() -> None:
    async def story(shop: Shop) -> None:
        shop.issuer.chunked = True
        assert [await shop.status(key) for key in KEYS.values()] == [200] * 4
        assert shop.issuer.asked == [METADATA, JWKS]

    tell(story)


def test_keys_are_found_where_the_setting_says() -> None:
    async def story(shop: Shop) -> None:
        assert await shop.status() == 200
        assert shop.issuer.asked == [JWKS]

    tell(story, AUTH_JWKS="{url}/jwks")


def test_with_the_keys_as_a_setting_the_issuer_is_never_asked() -> None:
    async def story(shop: Shop) -> None:
        assert await shop.status() == 200
        assert await shop.status(NEW) == 401
        shop.wait(48 * 3600)
        assert await shop.status() == 200
        assert shop.issuer.asked == []

    tell(story, AUTH_JWKS=key_set().replace("{", "{{").replace("}", "}}"))


def test_a_new_key_is_known_with_its_first_token_and_an_old_one_forgotten_within_minutes() -> None:
    async def story(shop: Shop) -> None:
        assert await shop.status() == 200
        shop.issuer.keys = [NEW]
        assert await shop.status() == 200
        assert await shop.status(NEW) == 200
        assert await shop.status() == 401
        assert shop.issuer.fetches == 2

    tell(story)


def test_keys_that_change_under_load_lose_nobody() -> None:
    async def story(shop: Shop) -> None:
        assert await shop.status() == 200
        for number in range(3):
            key = Key(f"rotated-{number}", "ES256")
            shop.issuer.keys.append(key)
            shop.issuer.delay = 0.05
            statuses = await asyncio.gather(*(shop.status(each) for each in [KEYS["ES256"], key] * 20))
            assert statuses == [200] * 40
            shop.wait(31)
        assert shop.issuer.fetches == 4

    tell(story)


def test_a_flood_of_made_up_key_ids_reaches_the_issuer_once() -> None:
    async def story(shop: Shop) -> None:
        assert await shop.status() == 200
        shop.issuer.delay = 0.1
        flood = [shop.status(FOREIGN["ES256"], kid=f"made-up-{number}") for number in range(200)]
        statuses = await asyncio.gather(shop.status(), *flood)
        assert statuses == [200] + [401] * 200
        assert shop.issuer.fetches == 2

    tell(story)


@pytest.mark.parametrize("kid", ["http://{address}/evil", "/jwks", "../../jwks"])
def test_nothing_of_a_token_is_ever_fetched(kid: str) -> None:
    async def story(shop: Shop) -> None:
        links = dict.fromkeys(("jku", "x5u"), f"{shop.issuer.url}/evil")
        assert await shop.status(FOREIGN["ES256"], **links) == 401
        assert await shop.status(FOREIGN["ES256"], kid=kid.format(address=shop.issuer.url)) == 401
        assert set(shop.issuer.asked) == {METADATA, JWKS}

    tell(story)


WRONG = {
    "HTML": http(b"<html>sign in to the network</html>", kind="text/html"),
    "HTML with status 500": http(b"<html>oops</html>", status=500, kind="text/html"),
    "a redirection": b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n",
    "an array": http(b"[]"),
    "keys that are no array": http(b'{"keys": {}}'),
    "deep JSON": http(b"[" * 50_000),
    "no HTTP": b"hello\r\n\r\n",
    "a body that is cut off": b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{",
    "a huge body": http(b'{"keys": [' + b" " * 600_000 + b"]}"),
    "nothing": b" ",
}


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
def test_what_is_no_key_set_is_an_outage_and_its_cause_is_logged(answer: bytes) -> None:
    async def story(shop: Shop) -> None:
        shop.issuer.instead = answer
        response = await shop.ask()
        assert_problem(response, 503, "issuer-unavailable")
        assert response.headers["retry-after"] == "1"
        assert response.json()["detail"] == "The issuer of tokens cannot be reached at the moment. Try again shortly."

        shop.issuer.instead = None
        shop.wait(2)
        assert await shop.status() == 200

    with capture_logs() as lines:
        tell(story)
    causes = [line["cause"] for line in lines if line["event"] == "unavailable"]
    assert len(causes) == 1
    assert "127.0.0.1" in causes[0]


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
def test_with_keys_that_are_known_no_answer_of_the_issuer_does_harm(answer: bytes) -> None:
    async def story(shop: Shop) -> None:
        assert await shop.status() == 200
        shop.issuer.instead = answer
        shop.wait(3600)
        assert await shop.status() == 200
        assert await shop.status(NEW) == 401

    tell(story)


NO_KEYS = {
    "an object without keys": http(b'{"keys": {}}'),
    "keys with status 500": http(key_set().encode(), status=500),
    "keys in a huge document": http(key_set().encode() + b" " * 600_000),
}


@pytest.mark.parametrize("answer", NO_KEYS.values(), ids=NO_KEYS)
def test_a_document_is_a_key_set_if_it_came_with_status_200_and_has_keys(answer: bytes) -> None:
    async def story(shop: Shop) -> None:
        shop.issuer.instead = answer
        assert_problem(await shop.ask(), 503, "issuer-unavailable")
        assert shop.issuer.asked == [JWKS]

    tell(story, AUTH_JWKS="{url}/jwks")


def test_an_issuer_that_is_down_is_503_without_keys_and_unnoticed_with_them() -> None:
    async def story(shop: Shop) -> None:
        await shop.issuer.stop()
        assert_problem(await shop.ask(), 503, "issuer-unavailable")
        await shop.issuer.start()
        shop.wait(2)
        assert await shop.status() == 200
        await shop.issuer.stop()
        shop.wait(23 * 3600)
        assert await shop.status() == 200
        shop.wait(2 * 3600)
        assert_problem(await shop.ask(), 503, "issuer-unavailable")

    tell(story)


def test_an_issuer_that_accepts_no_connection_is_named_in_the_log_and_left_alone_for_a_while() -> None:
    async def story(shop: Shop) -> None:
        await shop.issuer.stop()
        for _ in range(3):
            assert_problem(await shop.ask(), 503, "issuer-unavailable")

    with capture_logs() as lines:
        tell(story)
    (failed,) = [line for line in lines if line["event"] == "the issuer's keys cannot be fetched"]
    assert failed["cause"].startswith("no connection to 127.0.0.1:")
    assert failed["next_fetch_seconds"] == 1


def test_an_issuer_that_never_answers_is_503_in_time() -> None:
    async def story(shop: Shop) -> None:
        shop.issuer.delay = 60
        assert_problem(await shop.ask(), 503, "issuer-unavailable")

    with capture_logs() as lines:
        tell(story)
    (cause,) = [line["cause"] for line in lines if line["event"] == "unavailable"]
    assert cause == "the issuer's keys were not fetched in time"


METADATA_OF_OTHERS = {
    "another issuer": ({"issuer": "https://other.example"}, "is the metadata of another issuer"),
    "no key set": ({"jwks_uri": None}, "jwks_uri is missing"),
    "a key set over http": ({"jwks_uri": "http://keys.example/"}, "http is accepted on loopback only"),
    "a key set in a file": ({"jwks_uri": "file:///etc/passwd"}, "is not a URL of the form"),
}


@pytest.mark.parametrize(("changes", "cause"), METADATA_OF_OTHERS.values(), ids=METADATA_OF_OTHERS)
def test_metadata_that_cannot_be_right_is_not_followed(changes: dict[str, Any], cause: str) -> None:
    async def story(shop: Shop) -> None:
        shop.issuer.metadata = changes
        assert await shop.status() == 503
        assert shop.issuer.asked == [METADATA]

    with capture_logs() as lines:
        tell(story)
    assert cause in str(lines)


def test_the_issuer_is_no_part_of_readiness() -> None:
    async def told() -> None:
        container = an_application(AUTH_ISSUER="http://127.0.0.1:9", AUTH_JWKS="")
        async with client_of(container) as client:
            assert (await client.get("/api/users", headers={"authorization": "Bearer a.b.c"})).status_code == 401
            assert (await client.get("/api/health/ready")).json()["status"] == "ready"

    asyncio.run(told())


def test_a_server_fetches_the_keys_before_it_serves() -> None:
    async def told() -> None:
        async with key_server() as issuer:
            container = an_application(AUTH_ISSUER=issuer.url, AUTH_JWKS="")
            async with container.app().lifespan():
                assert issuer.fetches == 1

    asyncio.run(told())
