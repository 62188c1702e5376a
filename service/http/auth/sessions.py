"""Sessions of the web pages: all that is known of one is in the browser's cookie."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from time import time
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from service.application.authentication import Identity, SignedIn
from service.domain.errors import SignInFailed
from service.http.auth.cookies import Cookie
from service.http.auth.sealing import Sealer
from service.http.derived_keys import derive_keys

_LONGEST_NAME: Final = 80


class Session(msgspec.Struct, frozen=True):
    """What a session's cookie says."""

    caller: str
    subject: str
    scopes: Sequence[str]
    expires: float
    name: str
    sign_out_url: str

    @property
    def identity(self) -> Identity:
        """The identity that a token with the same claims would have."""
        return Identity(self.caller, self.subject, frozenset(self.scopes), self.expires)

    @property
    def sign_out_origin(self) -> str:
        """The origin of the provider's sign-out; empty where it has none."""
        parts = urlsplit(self.sign_out_url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


class Sessions:
    """Makes, reads and ends sessions. A session ends no later than the access token that it was made from."""

    def __init__(
        self, secrets: Sequence[str], public_url: str, scopes: Sequence[str], now: Callable[[], float] = time
    ) -> None:
        """`scopes` are those that count here; the others of a token are not kept."""
        self._sealer = Sealer(secrets, "sessions of the pages", public_url)
        self._form_keys = derive_keys(secrets, "sign-out forms")
        self._cookie = Cookie("session", public_url)
        self._scopes = scopes
        self._now = now

    def begin(self, signed_in: SignedIn) -> str:
        """Return the `Set-Cookie` that begins a session, in the place of any other. Raises `SignInFailed`."""
        identity = signed_in.identity
        seconds = int(identity.expires - self._now())
        if seconds <= 0:  # else the browser would go to and fro between us and the provider
            raise SignInFailed("The token of the identity provider has expired already. Compare the clocks.")
        session = Session(
            identity.caller,
            identity.subject,
            [scope for scope in self._scopes if scope in identity.scopes],
            identity.expires,
            signed_in.name[:_LONGEST_NAME],
            signed_in.sign_out_url,
        )
        return self._cookie.set(self._sealer.seal(msgspec.json.encode(session)), seconds)

    def of(self, scope: Mapping[str, Any]) -> Session | None:
        """Return the session of a request, if it has one that is not over."""
        for sealed in self._cookie.values(scope):
            content = self._sealer.open(sealed)
            session = None if content is None else msgspec.json.decode(content, type=Session)
            if session and self._now() < session.expires:
                return session
        return None

    def end(self) -> str:
        """Return the `Set-Cookie` that ends a session here."""
        return self._cookie.set("", 0)

    def sign_out_token(self, session: Session) -> str:
        """Return what a form that ends this session must carry."""
        return _sign(self._form_keys[0], session)

    def made_sign_out_token(self, session: Session, token: str) -> bool:
        """Return whether the token of a form is that of this session."""
        return any(hmac.compare_digest(_sign(key, session).encode(), token.encode()) for key in self._form_keys)


def _sign(key: bytes, session: Session) -> str:
    return hmac.digest(key, msgspec.json.encode(session), "sha256").hex()
