"""Keys for one purpose each."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.http.derived_keys import derive_key, derive_keys


def test_keys_are_derived_as_rfc_5869_says() -> None:
    expected = HKDF(SHA256(), 32, b"shapeshift", b"a purpose").derive(b"a secret of tests")

    assert derive_key("a secret of tests", "a purpose") == expected


def test_each_purpose_and_each_secret_has_a_key_of_its_own() -> None:
    keys = {derive_key(secret, purpose) for secret in ("one", "two") for purpose in ("forms", "sessions")}

    assert len(keys) == 4
    assert derive_keys(["one", "two"], "forms") == [derive_key("one", "forms"), derive_key("two", "forms")]
