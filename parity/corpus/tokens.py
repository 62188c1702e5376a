"""Tokens of an issuer that exists only in the corpus, the same bytes in each run: EdDSA signs without randomness."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.domain.entities import ENTITIES
from service.http.auth.scopes import scopes_of

ISSUER: Final = "https://issuer.example"
AUDIENCE: Final = "https://shop.example"
LONG_AGO, FAR_AWAY = 1, 4_102_444_800
"""Seconds of Unix: in 1970, and in 2100."""

_KEY: Final = Ed25519PrivateKey.from_private_bytes(sha256(b"the issuer of the corpus").digest())
FOREIGN_KEY: Final = Ed25519PrivateKey.from_private_bytes(sha256(b"another issuer").digest())


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def jwk(key: Ed25519PrivateKey = _KEY) -> dict[str, str]:
    """Return a public key as a JSON Web Key (RFC 8037)."""
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "kid": "1", "alg": "EdDSA", "x": _encoded(public)}


SETTINGS: Final[Mapping[str, str]] = {
    "auth": "oidc",
    "auth_issuer": ISSUER,
    "auth_audience": AUDIENCE,
    "auth_jwks": json.dumps({"keys": [jwk()]}),
}
"""The settings of a service that accepts these tokens."""

HEADER: Final = {"alg": "EdDSA", "kid": "1", "typ": "at+jwt"}


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a caller who may do everything, with these changes; None leaves a claim out."""
    usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": FAR_AWAY, "scope": " ".join(scopes_of(ENTITIES))}
    return {name: value for name, value in (usual | changes).items() if value is not None}


def token(
    payload: Mapping[str, Any] | str | None = None,
    header: Mapping[str, Any] = HEADER,
    key: Ed25519PrivateKey = _KEY,
    secret: bytes | None = None,
) -> str:
    """Return a signed token; with `secret` it is signed by HMAC, as an attacker would who confuses algorithms."""
    text = payload if isinstance(payload, str) else json.dumps(claims() if payload is None else payload)
    signed = f"{_encoded(json.dumps(header).encode())}.{_encoded(text.encode())}"
    signature = key.sign(signed.encode()) if secret is None else hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{_encoded(signature)}"
