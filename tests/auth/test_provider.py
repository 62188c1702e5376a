"""The service as its users run it, with tokens of a real provider."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.auth.oidc_provider import identity_provider
from tests.auth.tokens import AUDIENCE
from tests.runtimes.processes import serving

pytestmark = pytest.mark.slow

SECRET = "secret-of-the-client"
CLIENT = {
    "client_id": "shop-cli",
    "client_secret": SECRET,
    "grant_types": ["client_credentials"],
    "redirect_uris": [],
    "response_types": [],
}


def a_token(issuer: str, scope: str) -> str:
    form = {"grant_type": "client_credentials", "resource": AUDIENCE, "scope": scope}
    response = httpx.post(f"{issuer}/token", data=form, auth=("shop-cli", SECRET), trust_env=False)
    found: str = response.raise_for_status().json()["access_token"]
    return found


def test_a_program_uses_the_api_with_a_token_of_the_provider(tmp_path: Path) -> None:
    with identity_provider([CLIENT]) as issuer:
        settings = {"AUTH": "oidc", "AUTH_ISSUER": issuer, "AUTH_AUDIENCE": AUDIENCE}
        with serving(tmp_path, STORE="memory", **settings) as served, served.client() as client:

            def ask(method: str, scope: str, **options: Any) -> int:
                bearer = {"authorization": f"Bearer {a_token(issuer, scope)}"}
                return client.request(method, "/api/users", headers=bearer, **options).status_code

            assert client.get("/api/users").status_code == 401
            assert ask("GET", "users:read") == 200
            assert ask("POST", "users:read") == 403
            assert ask("POST", "users:write", json={"name": "Ada", "email": "ada@example.com"}) == 201
            assert {line.get("sub") for line in served.lines if line["event"] == "request"} == {"-", "shop-cli"}
            assert "eyJ" not in served.output
