"""Signing in and out on the web pages, by the authorization code flow with PKCE."""

import secrets
from collections.abc import Callable, Sequence
from time import time
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler

from service.application.authentication import IdentityProvider, SignInRequest
from service.domain.errors import SignInFailed
from service.http.answers import HTML, TEXT, Answer
from service.http.auth.cookies import Cookie
from service.http.auth.pages import address_pattern
from service.http.auth.sealing import Sealer
from service.http.auth.sessions import Sessions
from service.http.pages.forms import read_form
from service.http.pages.origin import is_from_here
from service.http.pages.site import Site, moved
from service.http.paging import read_query
from service.http.problems import FOREIGN_FORM, Refused

SIGN_IN_SECONDS: Final = 600
"""How long a person may take at the provider."""

_FAILURE: Final = "abcdefghijklmnopqrstuvwxyz_"


class _Begun(msgspec.Struct, frozen=True):
    """A sign-in that has begun: what the parameter `state` holds, sealed."""

    browser: str
    nonce: str
    code_verifier: str
    to: str
    at: float


class SignIn:
    """The routes `/sign-in`, `/signed-in` and `/sign-out`.

    What has to be remembered while a person is at the provider is sealed in `state`, which works only in the browser
    whose cookie it names: nobody can have another person complete a sign-in that they began.
    """

    def __init__(
        self,
        provider: IdentityProvider,
        sessions: Sessions,
        site: Site,
        *,
        secret_keys: Sequence[str],
        public_url: str,
        issuer: str,
        trusted_hops: int,
        now: Callable[[], float] = time,
    ) -> None:
        """`secret_keys` are the present secret and the one before it, if any."""
        self._provider = provider
        self._sessions = sessions
        self._site = site
        self._sealer = Sealer(secret_keys, "sign-in", public_url)
        self._cookie = Cookie("sign-in", public_url)
        self._issuer = issuer
        self._trusted_hops = trusted_hops
        self._now = now
        self._addresses = address_pattern(site.services)

    def routes(self) -> list[HTTPRouteHandler]:
        """Return the route handlers, for the application to register."""
        failures = self._site.failures
        return [
            get("/sign-in", exception_handlers=failures)(self.begin),
            get("/signed-in", exception_handlers=failures)(self.complete),
            post("/sign-out", exception_handlers=failures, status_code=200)(self.end),
        ]

    async def begin(self, request: Request[Any, Any, Any]) -> Answer:
        to = self._address(read_query(request).get("to", ""))
        if "hx-request" in request.headers:  # a script cannot follow us to the provider: have the browser go there
            return Answer(b"", 200, HTML, {"HX-Redirect": f"sign-in?{urlencode({'to': to})}"})
        known = next(iter(self._cookie.values(request.scope)), "")
        browser = known or secrets.token_urlsafe(16)
        nonce, code_verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        begun = _Begun(browser, nonce, code_verifier, to, self._now())
        state = self._sealer.seal(msgspec.json.encode(begun))
        url = await self._provider.sign_in_url(SignInRequest(state, nonce, code_verifier))
        return Answer(b"", 303, TEXT, {"Location": url, "Set-Cookie": self._cookie.set(browser, SIGN_IN_SECONDS)})

    async def complete(self, request: Request[Any, Any, Any]) -> Answer:
        query = read_query(request)
        state = query.get("state", "")
        begun = self._begun(request, state)
        if query.get("iss", self._issuer) != self._issuer:  # RFC 9207
            raise SignInFailed("Another identity provider has answered. Sign in again.")
        if "code" not in query:
            error = "".join(each for each in query.get("error", "")[:40] if each in _FAILURE)
            raise SignInFailed(f"The identity provider refused it ({error or 'no reason given'}).")
        signed_in = await self._provider.redeem(query["code"], SignInRequest(state, begun.nonce, begun.code_verifier))
        return Answer(b"", 303, TEXT, {"Location": begun.to, "Set-Cookie": self._sessions.begin(signed_in)})

    async def end(self, request: Request[Any, Any, Any]) -> Answer:
        form = await read_form(request)
        session = self._sessions.of(request.scope)
        if session is None:  # it is over already
            return moved(303, "./")
        is_ours = self._sessions.made_sign_out_token(session, form.get("session", ""))
        if not is_ours or not is_from_here(request.headers, self._trusted_hops):
            raise Refused(FOREIGN_FORM, "You are still signed in: the form is not from one of our pages.")
        headers = {"Location": session.sign_out_url or "./", "Set-Cookie": self._sessions.end()}
        return Answer(b"", 303, TEXT, headers)

    def _begun(self, request: Request[Any, Any, Any], state: str) -> _Begun:
        content = self._sealer.open(state)
        begun = None if content is None else msgspec.json.decode(content, type=_Begun)
        if begun is None or self._now() - begun.at > SIGN_IN_SECONDS:
            raise SignInFailed("It took too long, or the address is not one that we sent you to. Sign in again.")
        if begun.browser not in self._cookie.values(request.scope):
            raise SignInFailed(
                "It was begun in another browser, or under another address of this service, or cookies are off. "
                "Sign in again."
            )
        return begun

    def _address(self, to: str) -> str:
        """Return the page to come back to: the overview, unless it is another one of ours."""
        return to if to and self._addresses.fullmatch(to) else "./"
