"""Checks tokens: the signature, then the claims."""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from time import time
from typing import Final

from service.adapters.oidc.claims import LEEWAY_SECONDS, Claims, check_claims, identity_of
from service.adapters.oidc.jws import read_json_object, read_jws
from service.adapters.oidc.key_cache import KeyCache
from service.application.authentication import Identity, TokenVerifier
from service.domain.errors import InvalidToken, IssuerUnavailable

REMEMBERED_SECONDS: Final = 60.0
"""How long a token that was checked is not checked again: as long as the leeway of its times."""
MOST_REMEMBERED: Final = 1000


class OidcTokenVerifier(TokenVerifier):
    """Checks the tokens of an issuer. One that was accepted is remembered, by its hash, for a minute."""

    def __init__(
        self, issuer: str, audience: str, scope_prefix: str, keys: KeyCache, now: Callable[[], float] = time
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._scope_prefix = scope_prefix
        self._keys = keys
        self._now = now
        self._remembered: dict[bytes, tuple[Identity, float]] = {}
        self._remembered_for = keys.keys

    async def verify(self, token: str) -> Identity:
        digest = sha256(token.encode()).digest()
        known = self._remembered.get(digest)
        now = self._now()
        if known and now < known[1] and self._remembered_for is self._keys.keys:
            return known[0]
        identity = identity_of(await self.claims(token, self._audience), self._scope_prefix)
        self._remember(digest, identity, now)
        return identity

    async def claims(self, token: str, audience: str) -> Claims:
        """Return the checked claims of a token for this audience. Raises `InvalidToken` or `IssuerUnavailable`."""
        jws = read_jws(token)
        keys = await self._keys.get(jws.key_id)
        if not keys:
            raise InvalidToken("has a key id that the issuer does not have")
        if not any(key.verifies(jws.algorithm, jws.signed, jws.signature) for key in keys):
            raise InvalidToken("has a signature that no key of the issuer made")
        claims = read_json_object(jws.payload)
        check_claims(claims, self._issuer, audience, self._now())
        return claims

    async def prepare(self) -> None:
        with suppress(IssuerUnavailable):  # the cache has logged why
            await self._keys.get(None)

    def _remember(self, digest: bytes, identity: Identity, now: float) -> None:
        if self._remembered_for is not self._keys.keys or len(self._remembered) >= MOST_REMEMBERED:
            self._remembered = {}
            self._remembered_for = self._keys.keys
        self._remembered[digest] = identity, min(now + REMEMBERED_SECONDS, identity.expires + LEEWAY_SECONDS)
