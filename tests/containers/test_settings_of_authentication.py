"""Authentication is refused, with every reason at once, where its settings cannot work."""

from pathlib import Path
from typing import Any

import pytest

from containers.aws_lambda import LambdaContainer
from containers.eks import EksContainer
from containers.local import LocalContainer
from containers.settings import ConfigurationError

GOOD = {"AUTH": "oidc", "AUTH_ISSUER": "https://issuer.example/pool", "AUTH_AUDIENCE": "shop"}
BASE = {"STORE": "memory", "CURSOR_SECRET": "secret-of-settings-tests"}


def problems(**environ: str) -> dict[str, str]:
    container: Any = LambdaContainer(environ={**BASE, **environ})
    try:
        container.settings()
    except ConfigurationError as error:
        return {problem.key: problem.message for problem in error.problems}
    return {}


def test_an_issuer_and_an_audience_are_enough() -> None:
    assert problems(**GOOD) == {}


def test_every_reason_is_given_at_once() -> None:
    assert problems(
        AUTH="oidc",
        AUTH_ISSUER="http://issuer.example",
        AUTH_JWKS="keys.json",
        AUTH_SCOPE_PREFIX='sh"op',
        AUTH_CLIENT_ID="pages",
        CURSOR_SECRET_PREVIOUS="short",
        LOG_LEVEL="LOUD",
    ) == {
        "auth_issuer": "must begin with https: http is accepted on loopback only",
        "auth_audience": "is required for auth=oidc",
        "auth_jwks": "is not a URL of the form https://host/path",
        "auth_scope_prefix": "contains a character that no scope has",
        "public_url": "is required with auth_client_id: the issuer sends browsers back to it",
        "cursor_secret_previous": "must have at least 16 characters; generate it: openssl rand -base64 32",
        "log_level": "input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'",
    }


URLS = {
    "https://issuer.example": "",
    "https://issuer.example/": "",
    "https://issuer.example:8443/a/b": "",
    "http://127.0.0.1:8080": "",
    "http://localhost:8080/pool": "",
    "http://[::1]:8080": "",
    "http://127.9.9.9": "",
    "http://issuer.example": "must begin with https: http is accepted on loopback only",
    "http://127.0.0.1.evil.example": "must begin with https: http is accepted on loopback only",
    "http://localhost.evil.example": "must begin with https: http is accepted on loopback only",
    "http://0.0.0.0": "must begin with https: http is accepted on loopback only",
    "https://user:password@issuer.example": "must have neither a user name nor a fragment",
    "https://issuer.example/#x": "must have neither a user name nor a fragment",
    "https://issuer.example/?x=1": "must have no query",
    "https://": "is not a URL of the form https://host/path",
    "ftp://issuer.example": "is not a URL of the form https://host/path",
    "file:///etc/passwd": "is not a URL of the form https://host/path",
    "issuer.example": "is not a URL of the form https://host/path",
    "https://issuer.example/a b": "is not a URL of the form https://host/path",
    'https://issuer.example/"': "is not a URL of the form https://host/path",
    "https://[::1": "is not a URL",
    "https://issuer.example:99999": "is not a URL",
}


@pytest.mark.parametrize(("url", "message"), URLS.items())
def test_urls_are_https_or_on_loopback(url: str, message: str) -> None:
    expected = {"message": message} if message else {}
    for key in ("AUTH_ISSUER", "PUBLIC_URL"):
        found = problems(**{**GOOD, key: url})
        assert found == {key.lower(): text for text in expected.values()}


KEY_SETS = {
    '{"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}': "",
    '{"keys": []}': 'is not a key set: a JSON object whose "keys" is an array of keys',
    '{"kty": "RSA"}': 'is not a key set: a JSON object whose "keys" is an array of keys',
    '{"keys": ["x"]}': 'is not a key set: a JSON object whose "keys" is an array of keys',
    '{"keys": [': "is not valid JSON",
    '{"keys": [{"kty": "EC", "d": "x"}]}': (
        "contains a private key; give the public keys only, and replace that key at the issuer"
    ),
    '{"keys": [{"kty": "oct", "k": "x"}]}': (
        "contains a private key; give the public keys only, and replace that key at the issuer"
    ),
    "https://issuer.example/keys?version=1": "",
    "http://issuer.example/keys": "must begin with https: http is accepted on loopback only",
}


@pytest.mark.parametrize(("jwks", "message"), KEY_SETS.items())
def test_keys_are_a_url_or_a_key_set_of_public_keys(jwks: str, message: str) -> None:
    assert problems(**GOOD, AUTH_JWKS=jwks) == ({"auth_jwks": message} if message else {})


def test_a_client_needs_an_address_to_come_back_to_and_a_secret_needs_a_client() -> None:
    assert list(problems(**GOOD, AUTH_CLIENT_ID="pages")) == ["public_url"]
    assert problems(**GOOD, AUTH_CLIENT_ID="pages", PUBLIC_URL="https://shop.example/prod") == {}
    assert list(problems(**GOOD, AUTH_CLIENT_SECRET="s")) == ["auth_client_id"]


def test_without_authentication_its_settings_do_not_count() -> None:
    assert problems(AUTH="none", AUTH_ISSUER="nonsense", AUTH_JWKS="{", PUBLIC_URL="nonsense") == {}
    assert list(problems(AUTH="oauth", AUTH_ISSUER="nonsense")) == ["auth"]


def test_they_are_read_from_files_and_from_the_environment_alike(tmp_path: Path) -> None:
    for key, value in GOOD.items():
        (tmp_path / key.lower()).write_text(f"{value}\n")
    (tmp_path / "auth_client_secret").write_text("hush\n")
    (tmp_path / "auth_client_id").write_text("pages")
    files: Any = EksContainer(environ={**BASE, "CONFIG_DIR": str(tmp_path), "PUBLIC_URL": "https://shop.example"})
    variables: Any = LocalContainer(environ={**BASE, **GOOD})

    found = files.settings()
    assert (found.auth, found.auth_issuer, found.auth_audience) == ("oidc", "https://issuer.example/pool", "shop")
    assert found.auth_client_secret.get_secret_value() == "hush"
    assert "hush" not in repr(found)
    assert variables.settings().auth_issuer == found.auth_issuer


def test_the_secret_of_the_client_is_never_shown() -> None:
    with pytest.raises(ConfigurationError) as error:
        LambdaContainer(environ={**BASE, **GOOD, "AUTH_CLIENT_SECRET": "hush-hush"}).settings()
    assert "hush-hush" not in str(error.value)
