"""Encrypts and authenticates what a browser keeps for us, so that no process has to (ADR 33)."""

import binascii
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from service.http.derived_keys import derive_keys

if TYPE_CHECKING:  # the first session loads it
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES: Final = 12
"""NIST SP 800-38D, 8.2.2: random ones of this length do for 2^32 texts a key."""


class Sealer:
    """Seals texts for one purpose: AES-256-GCM with a key that is derived from the secret for nothing else."""

    def __init__(self, secrets: Sequence[str], purpose: str, bound_to: str) -> None:
        """The first of the secrets seals; the others only open. What is sealed is good for `bound_to` only."""
        self._keys = derive_keys(secrets, purpose)
        self._bound_to = bound_to.encode()

    def seal(self, content: bytes) -> str:
        """Return what only this service can read or make, in URL-safe base64."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._ciphers[0].encrypt(nonce, content, self._bound_to)
        return urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, text: str) -> bytes | None:
        """Return what was sealed; None for anything else."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  # with the first session

        try:
            sealed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        except (binascii.Error, UnicodeEncodeError):
            return None
        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(nonce, encrypted, self._bound_to)
            except (InvalidTag, ValueError):  # of another secret, altered, or too short
                continue
        return None

    @cached_property
    def _ciphers(self) -> "list[AESGCM]":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  # with the first session

        return [AESGCM(key) for key in self._keys]
