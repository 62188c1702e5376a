"""The settings of authentication, and what can be wrong with them together."""

import json
from collections.abc import Iterator, Mapping
from re import fullmatch
from typing import Final, Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings

_SCOPE_CHARACTERS: Final = r"[\x21\x23-\x5b\x5d-\x7e]*"  # RFC 6749, 3.3
_PRIVATE: Final = {"d", "k"}  # RFC 7518, 6: the private part of a key, and a symmetric key


class AuthenticationSettings(BaseSettings):
    """Who may use the service. All but `auth` count with `auth=oidc` only."""

    auth: Literal["none", "oidc"] = "none"
    """`none`: everybody who reaches the service may do everything. `oidc`: callers need a token of an issuer."""
    auth_issuer: str | None = None
    """The issuer's URL, exactly as its tokens name it in `iss`."""
    auth_audience: str | None = None
    """What the tokens name in `aud`."""
    auth_jwks: str | None = None
    """The URL of the issuer's key set, or the key set itself as JSON. Default: what the issuer's metadata says."""
    auth_scope_prefix: str = ""
    """What the issuer puts before our scopes, such as `shop/` for `shop/users:read`."""
    auth_client_id: str | None = None
    """The client as which people sign in on the web pages. Without it nobody can, and only the API works."""
    auth_client_secret: SecretStr | None = None
    """The secret of that client, if it has one."""
    public_url: str | None = None
    """Where browsers reach the service, with the prefix of a stage: `https://shop.example.com/prod`."""


def problems_of_authentication(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Return what is wrong with the settings of authentication: the key, and the reason, each key once."""
    if values.get("auth") != "oidc":
        return
    for key in ("auth_issuer", "auth_audience"):
        if key in values and values[key] is None:
            yield key, "is required for auth=oidc"
    yield from _problems_of_urls(values)
    jwks = values.get("auth_jwks")
    if isinstance(jwks, str) and jwks.startswith("{"):
        yield from (("auth_jwks", problem) for problem in _problems_of_key_set(jwks))
    if not fullmatch(_SCOPE_CHARACTERS, str(values.get("auth_scope_prefix", ""))):
        yield "auth_scope_prefix", "contains a character that no scope has"
    if values.get("auth_client_id") is not None and values.get("public_url", "") is None:
        yield "public_url", "is required with auth_client_id: the issuer sends browsers back to it"
    if values.get("auth_client_secret") is not None and values.get("auth_client_id", "") is None:
        yield "auth_client_id", "is required with auth_client_secret"


def _problems_of_urls(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    from service.adapters.oidc.urls import problem_of_url  # noqa: PLC0415  # with auth=oidc only

    for key in ("auth_issuer", "auth_jwks", "public_url"):
        url = values.get(key)
        if not isinstance(url, str) or (key == "auth_jwks" and url.startswith("{")):
            continue
        problem = problem_of_url(url)
        if not problem and key != "auth_jwks" and "?" in url:
            problem = "must have no query"
        if problem:
            yield key, problem


def _problems_of_key_set(text: str) -> Iterator[str]:
    try:
        keys = json.loads(text).get("keys")
    except (ValueError, RecursionError):
        yield "is not valid JSON"
        return
    if not isinstance(keys, list) or not keys or not all(isinstance(key, dict) for key in keys):
        yield 'is not a key set: a JSON object whose "keys" is an array of keys'
    elif any(_PRIVATE & key.keys() for key in keys):
        yield "contains a private key; give the public keys only, and replace that key at the issuer"
