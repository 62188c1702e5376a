"""The description of the API says what each operation needs, where authentication is on."""

from typing import Any

import pytest

from tests.auth.conftest import an_application, ask
from tests.description import DESCRIPTION
from tests.http.test_openapi import documented_operations, routed_operations

PAGES = {"AUTH_CLIENT_ID": "shop", "PUBLIC_URL": "https://shop.example"}


def description(container: Any) -> dict[str, Any]:
    found: dict[str, Any] = ask(container, "GET", "/schema/openapi.json").json()
    return found


@pytest.mark.parametrize("environ", [{}, PAGES, {"SERVICES": "orders", **PAGES}], ids=["API", "pages", "orders"])
def test_it_has_the_operations_that_are_routed_and_no_others(environ: dict[str, str]) -> None:
    container = an_application(**environ)
    document = ask(container, "GET", "/schema/openapi.json").content

    assert documented_operations(document) == routed_operations(container.app())


def test_operations_name_their_scope_as_the_issuer_does() -> None:
    document = description(an_application(AUTH_SCOPE_PREFIX="shop/", **PAGES))

    order = document["paths"]["/api/orders/{order_id}"]
    assert order["get"]["security"] == [{"bearer": ["shop/orders:read"]}]
    assert order["patch"]["security"] == [{"bearer": ["shop/orders:write"]}]
    assert document["paths"]["/users"]["post"]["security"] == [{"session": ["shop/users:write"]}]
    assert "security" not in document["paths"]["/api/health"]["get"]
    schemes = document["components"]["securitySchemes"]
    assert (schemes["bearer"]["type"], schemes["bearer"]["scheme"]) == ("http", "bearer")
    assert (schemes["session"]["in"], schemes["session"]["type"]) == ("cookie", "apiKey")
    assert "**Callers need an access token** of https://issuer.example/pool" in document["info"]["description"]
    assert "Authentication is off" not in document["info"]["description"]
    assert "Every failure is a problem" in document["info"]["description"]


def test_operations_say_how_they_refuse() -> None:
    document = description(an_application())

    responses = document["paths"]["/api/users"]["get"]["responses"]
    assert list(responses) == sorted(responses)
    for status, slug in (("401", "unauthenticated"), ("403", "insufficient-scope")):
        schema = responses[status]["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": f"#/components/schemas/{slug}-{status}"}
        assert f"{slug}-{status}" in document["components"]["schemas"]
        assert responses[status]["headers"]["WWW-Authenticate"] == {"$ref": "#/components/headers/WWW-Authenticate"}
    unavailable = responses["503"]["content"]["application/problem+json"]["schema"]["oneOf"]
    assert {"$ref": "#/components/schemas/issuer-unavailable-503"} in unavailable
    assert len(unavailable) == 3


def test_pages_say_what_they_do_without_a_session() -> None:
    with_sign_in = description(an_application(**PAGES))["paths"]["/users"]
    without = description(an_application())["paths"]["/users"]

    assert {"303", "403"} <= with_sign_in["get"]["responses"].keys()
    assert "401" not in with_sign_in["get"]["responses"]
    assert {"303", "401", "403"} <= with_sign_in["post"]["responses"].keys()
    assert "401" in without["get"]["responses"]
    assert "303" not in without["get"]["responses"]


def test_the_committed_description_is_that_of_a_service_without_authentication() -> None:
    assert "securitySchemes" not in DESCRIPTION["components"]
    assert "unauthenticated-401" not in DESCRIPTION["components"]["schemas"]
    assert "Authentication is off" in DESCRIPTION["info"]["description"]
