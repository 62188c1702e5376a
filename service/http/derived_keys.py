"""Keys for one purpose each, from the one secret that a process is given."""

import hmac
from collections.abc import Sequence
from typing import Final

_HASH: Final = "sha256"
_SALT: Final = b"shapeshift"


def derive_key(secret: str, purpose: str) -> bytes:
    """Return 32 bytes that say nothing about the secret, nor about the key for another purpose (HKDF, RFC 5869)."""
    extracted = hmac.digest(_SALT, secret.encode(), _HASH)
    return hmac.digest(extracted, purpose.encode() + b"\x01", _HASH)


def derive_keys(secrets: Sequence[str], purpose: str) -> list[bytes]:
    """Return the key of each secret: that of the present one, which signs, and that of the one before, if any."""
    return [derive_key(secret, purpose) for secret in secrets]
