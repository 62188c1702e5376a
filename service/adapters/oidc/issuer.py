"""What the issuer publishes: its metadata (OpenID Connect Discovery 1.0) and its keys."""

import json
from collections.abc import Callable, Mapping, Sequence
from time import time
from typing import TYPE_CHECKING, Any, Final

from service.adapters.oidc.requests import get_json
from service.adapters.oidc.urls import problem_of_url
from service.application.ports import IssuerTrouble

if TYPE_CHECKING:  # the first token loads it
    from service.adapters.oidc.keys import PublicKey

METADATA_SECONDS: Final = 3600.0
"""How long metadata is used for sign-in before it is fetched anew."""

Metadata = Mapping[str, Any]


class Issuer:
    """One issuer. Its keys are found through its metadata, or where `jwks` says: a URL, or the key set itself."""

    def __init__(self, issuer: str, jwks: str | None, now: Callable[[], float] = time) -> None:
        self.url = issuer
        self._jwks = jwks
        self._now = now
        self._metadata: Metadata = {}
        self._read_at = float("-inf")

    async def keys(self) -> Sequence["PublicKey"]:
        """Fetch the keys. Raises `IssuerTrouble`."""
        from service.adapters.oidc.keys import read_keys  # noqa: PLC0415  # `cryptography`, for the first token

        if self._jwks and self._jwks.startswith("{"):
            where, document = "auth_jwks", json.loads(self._jwks)
        else:
            where = self._jwks or self.endpoint(await self._fetch_metadata(), "jwks_uri")
            document = await get_json(where)
        keys = read_keys(document)
        if not keys:
            raise IssuerTrouble(f"{where} has no key that can check a token")
        return keys

    async def metadata(self) -> Metadata:
        """Return the metadata, which may be an hour old. Raises `IssuerTrouble`."""
        if self._now() - self._read_at >= METADATA_SECONDS:
            return await self._fetch_metadata()
        return self._metadata

    def endpoint(self, metadata: Metadata, name: str) -> str:
        """Return a URL of the metadata. Raises `IssuerTrouble` where it has none that can be used."""
        url = metadata.get(name)
        problem = problem_of_url(url) if isinstance(url, str) else "is missing"
        if problem:
            raise IssuerTrouble(f"the metadata of {self.url} cannot be used: {name} {problem}")
        return str(url)

    async def _fetch_metadata(self) -> Metadata:
        where = f"{self.url.removesuffix('/')}/.well-known/openid-configuration"
        metadata = await get_json(where)
        if metadata.get("issuer") != self.url:
            raise IssuerTrouble(f"{where} is the metadata of another issuer; auth_issuer must be exactly what it names")
        self._metadata, self._read_at = metadata, self._now()
        return metadata
