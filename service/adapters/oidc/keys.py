"""Public keys of an issuer, as a JSON Web Key Set has them (RFC 7517), and the signatures that they check (RFC 7518).

It imports `cryptography`, so it is imported when the first token comes.
"""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

LEAST_RSA_BITS: Final = 2048
"""RFC 7518, 3.3."""
MOST_RSA_BITS: Final = 8192
"""What is longer only takes time to check."""

_COORDINATE_BYTES: Final = 32  # of P-256
_SHA256: Final = SHA256()
_PKCS1: Final = PKCS1v15()
_PSS: Final = PSS(MGF1(_SHA256), _SHA256.digest_size)
_ECDSA: Final = ECDSA(_SHA256)

Check = Callable[[bytes, bytes], None]
"""Takes a signature and what was signed. Raises `InvalidSignature`, or `ValueError` for what is no signature."""


class PublicKey(NamedTuple):
    """A key, and the check of each algorithm that it is for."""

    key_id: str | None
    checks: Mapping[str, Check]

    def verifies(self, algorithm: str, signed: bytes, signature: bytes) -> bool:
        """Return whether the signature is one of this key's, by this algorithm."""
        check = self.checks.get(algorithm)
        if check is None:
            return False
        try:
            check(signature, signed)
        except (InvalidSignature, ValueError):
            return False
        return True


def read_keys(document: object) -> list[PublicKey]:
    """Return the keys of a key set that can check tokens. The others are left out: they may be for something else."""
    listed = document.get("keys") if isinstance(document, dict) else None
    keys = map(_read_key, listed if isinstance(listed, list) else [])
    return [key for key in keys if key is not None]


def _read_key(jwk: Any) -> PublicKey | None:
    try:
        if jwk.get("use", "sig") != "sig" or "verify" not in jwk.get("key_ops", ["verify"]):
            return None
        checks = _READERS[jwk["kty"]](jwk)
    except (AttributeError, LookupError, TypeError, ValueError):  # a kind that is not supported, or a damaged key
        return None
    key_id = jwk.get("kid")
    only = jwk.get("alg")
    usable = {name: check for name, check in checks.items() if only is None or name == only}
    return PublicKey(key_id if isinstance(key_id, str) else None, usable) if usable else None


def _rsa(jwk: Mapping[str, Any]) -> Mapping[str, Check]:
    modulus = _integer(jwk["n"])
    if not LEAST_RSA_BITS <= modulus.bit_length() <= MOST_RSA_BITS:
        raise ValueError("too short, or too long")
    key: RSAPublicKey = RSAPublicNumbers(_integer(jwk["e"]), modulus).public_key()
    return {
        "RS256": lambda signature, signed: key.verify(signature, signed, _PKCS1, _SHA256),
        "PS256": lambda signature, signed: key.verify(signature, signed, _PSS, _SHA256),
    }


def _elliptic_curve(jwk: Mapping[str, Any]) -> Mapping[str, Check]:
    if jwk["crv"] != "P-256":
        raise ValueError("another curve")
    numbers = EllipticCurvePublicNumbers(_integer(jwk["x"]), _integer(jwk["y"]), SECP256R1())
    key: EllipticCurvePublicKey = numbers.public_key()

    def check(signature: bytes, signed: bytes) -> None:
        if len(signature) != 2 * _COORDINATE_BYTES:
            raise ValueError("not two coordinates")
        r, s = signature[:_COORDINATE_BYTES], signature[_COORDINATE_BYTES:]
        key.verify(encode_dss_signature(int.from_bytes(r), int.from_bytes(s)), signed, _ECDSA)

    return {"ES256": check}


def _edwards_curve(jwk: Mapping[str, Any]) -> Mapping[str, Check]:
    if jwk["crv"] != "Ed25519":
        raise ValueError("another curve")
    return {"EdDSA": Ed25519PublicKey.from_public_bytes(_bytes(jwk["x"])).verify}


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Check]]]] = {
    "RSA": _rsa,
    "EC": _elliptic_curve,
    "OKP": _edwards_curve,
}


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _integer(text: str) -> int:
    return int.from_bytes(_bytes(text))
