"""People who sign in, at an identity provider on loopback whose answers the tests choose."""

import asyncio
import hashlib
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import httpx
from dependency_injector.providers import Object

from tests.auth.conftest import an_application
from tests.auth.key_server import TOKEN, KeyServer, http, serving
from tests.auth.tokens import AUDIENCE, EVERYTHING, KEYS, claims

PUBLIC_URL = "https://shop.example"
CLIENT = "shop-pages"


class Provider(KeyServer):
    """Gives tokens for codes, as a provider that checks PKCE and the client."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, dict[str, str]] = {}
        """What each code was asked for with."""
        self.secret: str | None = None
        self.access: dict[str, Any] = {}
        """Claims of access tokens that differ from good ones."""
        self.identity: dict[str, Any] = {"preferred_username": "Ada"}
        """The same of id tokens."""
        self.signs_with = KEYS["RS256"]
        self.forms: list[dict[str, str]] = []

    async def start(self) -> None:
        await super().start()
        self.metadata = {
            "authorization_endpoint": f"{self.url}/authorize?tenant=1",
            "token_endpoint": f"{self.url}{TOKEN}",
            "end_session_endpoint": f"{self.url}/end",
        } | self.metadata

    def exchange(self, head: str, form: dict[str, str]) -> bytes:
        self.forms.append(form)
        asked = self.codes.pop(form.get("code", ""), {})
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if asked.get("code_challenge") != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return http(b'{"error": "invalid_grant"}', status=400)
        if self._client(head, form) != (CLIENT, self.secret):
            return http(b'{"error": "invalid_client"}', status=401)
        sign = self.signs_with.sign
        fresh = {"iss": self.url, "exp": int(time.time()) + 300}
        who = claims(**{**fresh, "aud": CLIENT, "scope": None, "nonce": asked["nonce"], **self.identity})
        access = claims(**{**fresh, "aud": AUDIENCE, **self.access})
        tokens = {"id_token": sign(who, typ="JWT"), "access_token": sign(access), "token_type": "Bearer"}
        return http(httpx.Response(200, json=tokens).content)

    @staticmethod
    def _client(head: str, form: dict[str, str]) -> tuple[str, str | None]:
        basic = head.lower().find("authorization: basic ")
        if basic < 0:
            return form.get("client_id", ""), form.get("client_secret")
        id, _, secret = b64decode(head[basic + 21 :].split("\r\n", maxsplit=1)[0]).decode().partition(":")
        return unquote_plus(id), unquote_plus(secret)


class Browser:
    """A browser without scripts that uses the pages, and a person at the provider."""

    def __init__(self, container: Any, provider: Provider, base_url: str, passed: list[float]) -> None:
        self.provider = provider
        self.passed = passed
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(container.app()), base_url=base_url)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.client.get(path, **options)

    async def begin(self, path: str = "sign-in") -> dict[str, str]:
        """Go to sign-in; what the provider is asked."""
        sent = await self.get(path)
        assert sent.status_code == 303, sent.text
        location = sent.headers["location"]
        assert location.startswith(f"{self.provider.url}/authorize?tenant=1&")
        return dict(parse_qsl(urlsplit(location).query))

    def agree(self, asked: dict[str, str]) -> str:
        """The person signs in; the address that the provider sends the browser back to."""
        code = f"code-{len(self.provider.forms)}-{len(self.provider.codes)}"
        self.provider.codes[code] = asked
        return str(httpx.URL(asked["redirect_uri"], params={"code": code, "state": asked["state"]}))

    async def sign_in(self, path: str = "sign-in") -> httpx.Response:
        """The whole of it; the response that begins the session."""
        done = await self.get(self.agree(await self.begin(path)))
        assert done.status_code == 303, done.text
        return done


Story = Callable[[Browser], Awaitable[None]]


def tell(story: Story, *, base_url: str = PUBLIC_URL, provider: Provider | None = None, **environ: str) -> None:
    """Tell a story of one browser."""

    async def told() -> None:
        passed = [0.0]
        async with serving(provider or Provider()) as issuer:
            container = a_shop(issuer, passed, **environ)
            browser = Browser(container, issuer, base_url, passed)
            async with browser.client:
                await story(browser)

    asyncio.run(told())


def a_shop(issuer: Provider, passed: list[float], **environ: str) -> Any:
    """A container whose people sign in at that provider."""
    settings = {
        "AUTH_ISSUER": issuer.url, "AUTH_JWKS": "", "AUTH_CLIENT_ID": CLIENT, "PUBLIC_URL": PUBLIC_URL, **environ,
    }  # fmt: skip
    container = an_application(**settings)
    opened = container.application.opened_authentication()
    opened.now.override(Object(lambda: time.time() + passed[0]))
    return container


__all__ = ["CLIENT", "EVERYTHING", "PUBLIC_URL", "Browser", "Provider", "Story", "a_shop", "tell"]
