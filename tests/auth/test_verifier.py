"""Tokens that were checked are remembered, for a short time and while the keys are the same."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from service.adapters.oidc import verifier
from service.adapters.oidc.key_cache import KeyCache
from service.adapters.oidc.keys import PublicKey, read_keys
from service.adapters.oidc.verifier import OidcTokenVerifier
from service.domain.errors import InvalidToken
from tests.auth.tokens import AUDIENCE, ISSUER, KEYS, claims


class Keys(KeyCache):
    """Counts how often a token needed a key."""

    def __init__(self) -> None:
        self.asked = 0
        self.passed = 0.0
        self.key = KEYS["ES256"]
        super().__init__(self.fetch, self.now)

    def now(self) -> float:
        return time.time() + self.passed

    async def fetch(self) -> list[PublicKey]:
        return read_keys({"keys": [self.key.jwk()]})

    async def get(self, key_id: str | None) -> Sequence[PublicKey]:
        self.asked += 1
        return await super().get(key_id)


def a_verifier(keys: Keys) -> OidcTokenVerifier:
    return OidcTokenVerifier(ISSUER, AUDIENCE, "", keys, keys.now)


def test_a_token_is_checked_once_a_minute() -> None:
    async def story() -> None:
        keys = Keys()
        found, token = a_verifier(keys), KEYS["ES256"].sign(claims())
        first = await found.verify(token)
        for _ in range(10):
            assert await found.verify(token) == first
        assert keys.asked == 1
        keys.passed = 61
        assert await found.verify(token) == first
        assert keys.asked == 2

    asyncio.run(story())


def test_a_token_that_is_remembered_expires_as_any_other() -> None:
    async def story() -> None:
        keys = Keys()
        found, token = a_verifier(keys), KEYS["ES256"].sign(claims(exp=int(time.time()) - 30))
        await found.verify(token)
        keys.passed = 31
        with pytest.raises(InvalidToken, match="expired"):
            await found.verify(token)

    asyncio.run(story())


def test_a_token_is_forgotten_with_the_keys_that_it_was_checked_with() -> None:
    async def story() -> None:
        keys = Keys()
        found, token = a_verifier(keys), KEYS["ES256"].sign(claims())
        await found.verify(token)
        keys.key = KEYS["RS256"]
        keys.passed = 40
        with pytest.raises(InvalidToken, match="key id"):
            await found.claims(KEYS["EdDSA"].sign(claims()), AUDIENCE)
        with pytest.raises(InvalidToken, match="key id"):
            await found.verify(token)

    asyncio.run(story())


def test_a_bad_token_is_never_remembered() -> None:
    async def story() -> None:
        keys = Keys()
        found, token = a_verifier(keys), KEYS["ES256"].sign(claims(aud="other"))
        for _ in range(2):
            with pytest.raises(InvalidToken, match="audience"):
                await found.verify(token)
        assert keys.asked == 2

    asyncio.run(story())


def test_so_many_tokens_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "MOST_REMEMBERED", 2)

    async def story() -> None:
        keys = Keys()
        found = a_verifier(keys)
        tokens = [KEYS["ES256"].sign(claims(jti=str(number))) for number in range(3)]
        for token in (*tokens, tokens[0], tokens[2]):
            await found.verify(token)
        assert keys.asked == 4

    asyncio.run(story())
