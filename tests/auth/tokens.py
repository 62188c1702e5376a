"""An issuer's keys and tokens, made by a library that the service does not use."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ISSUER: Final = "https://issuer.example/pool"
AUDIENCE: Final = "https://shop.example/api"
EVERYTHING: Final = "users:read users:write orders:read orders:write"

_ALGORITHMS: Final[dict[str, Any]] = {**jwt.algorithms.get_default_algorithms()}


class Key:
    """A key pair of the issuer."""

    def __init__(self, key_id: str | None, algorithm: str, private: Any = None) -> None:
        self.key_id = key_id
        self.algorithm = algorithm
        self.private: Any = private or _MAKE[algorithm]()

    def jwk(self, **members: Any) -> dict[str, Any]:
        """The public key; a member that is None is left out."""
        described: dict[str, Any] = _ALGORITHMS[self.algorithm].to_jwk(self.private.public_key(), as_dict=True)
        whole = {**described, "kid": self.key_id, "use": "sig", **members}
        return {name: value for name, value in whole.items() if value is not None and name != "key_ops"}

    def sign(self, claims: Mapping[str, Any], **header: Any) -> str:
        """A token with these claims, and with these members of the header."""
        return jwt.encode(dict(claims), self.private, self.algorithm, {"kid": self.key_id, "typ": "at+jwt"} | header)


_MAKE: Final[Mapping[str, Callable[[], Any]]] = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "PS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}
KEYS: Final = {name: Key(f"{name}-1", name) for name in _MAKE}
FOREIGN: Final = {name: Key(f"{name}-1", name) for name in _MAKE}
"""Keys of somebody else, with the same ids."""


def claims(**changes: Any) -> dict[str, Any]:
    """Good claims of somebody who may do everything; one that is None is left out."""
    now = int(time.time())
    good = {
        "iss": ISSUER, "aud": AUDIENCE, "exp": now + 3600, "iat": now, "sub": "ada", "client_id": "shop-cli",
        "jti": "1", "scope": EVERYTHING,
    }  # fmt: skip
    return {name: value for name, value in (good | changes).items() if value is not None}


def token(algorithm: str = "ES256", **changes: Any) -> str:
    """A good token except for these claims."""
    return KEYS[algorithm].sign(claims(**changes))


def key_set(*keys: dict[str, Any]) -> str:
    """The key set as JSON: all keys of the issuer, unless others are given."""
    return json.dumps({"keys": keys or [key.jwk() for key in KEYS.values()]})
