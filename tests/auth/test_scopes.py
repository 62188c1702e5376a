"""What each operation needs, and in which order a request is judged."""

from typing import Any

import pytest
from litestar.routes import HTTPRoute
from structlog.testing import capture_logs

from service.http.auth.scopes import UndeclaredOperation, needed_scope
from tests.auth.conftest import an_application, ask
from tests.auth.tokens import KEYS, claims, token
from tests.description import DESCRIPTION
from tests.http.conftest import a_container, assert_problem

ADA = {"name": "Ada", "email": "ada@example.com"}


def operations(container: Any) -> list[tuple[str, str]]:
    return [
        (route.path_format, method)
        for route in container.app().routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
    ]


@pytest.mark.parametrize("environ", [{}, {"AUTH_CLIENT_ID": "shop", "PUBLIC_URL": "https://shop.example"}])
def test_every_operation_declares_what_it_needs(environ: dict[str, str]) -> None:
    for path, method in operations(an_application(**environ)):
        needed_scope(path, method)


@pytest.mark.parametrize("path", ["/api/payments", "/payments", "/api/healthy", "/apiusers", "/api", "/static"])
def test_what_nothing_declares_is_not_served(path: str) -> None:
    with pytest.raises(UndeclaredOperation, match=path):
        needed_scope(path, "GET")


NEEDED = [
    ("GET", "/api/users", "users:read"),
    ("HEAD", "/api/users", "users:read"),
    ("POST", "/api/users", "users:write"),
    ("GET", "/api/users/{user_id}", "users:read"),
    ("DELETE", "/api/users/{user_id}", "users:write"),
    ("GET", "/api/orders", "orders:read"),
    ("POST", "/api/orders", "orders:write"),
    ("GET", "/api/orders/{order_id}", "orders:read"),
    ("HEAD", "/api/orders/{order_id}", "orders:read"),
    ("PATCH", "/api/orders/{order_id}", "orders:write"),
    ("DELETE", "/api/orders/{order_id}", "orders:write"),
]


@pytest.mark.parametrize(("method", "path", "scope"), NEEDED)
def test_an_operation_needs_its_scope_and_no_other(container: Any, method: str, path: str, scope: str) -> None:
    others = {"users:read", "users:write", "orders:read", "orders:write"} - {scope}
    path = path.format(user_id="u1", order_id="o1")

    allowed = ask(container, method, path, f"Bearer {token(scope=scope)}")
    refused = ask(container, method, path, f"Bearer {token(scope=' '.join(others))}")

    assert allowed.status_code in {200, 400, 404, 415}
    assert refused.status_code == 403
    assert refused.headers["www-authenticate"] == (
        f'Bearer realm="shapeshift", error="insufficient_scope", scope="{scope}"'
    )
    if method != "HEAD":
        assert_problem(refused, 403, "insufficient-scope")


@pytest.mark.parametrize(
    "path",
    ["/api/health", "/api/health/live", "/api/health/ready", "/schema/openapi.json",
     "/.well-known/oauth-protected-resource", "/", "/health", "/schema"],
)  # fmt: skip
def test_health_and_descriptions_need_nothing(container: Any, path: str) -> None:
    assert ask(container, "GET", path).status_code == 200
    assert ask(container, "GET", path, "Bearer nonsense").status_code == 200


def test_every_operation_of_the_api_is_closed_without_a_token(container: Any) -> None:
    open_paths = ("/api/health", "/schema")
    closed = [
        (method.upper(), path)
        for path, item in DESCRIPTION["paths"].items()
        if path.startswith("/api/") and not path.startswith(open_paths)
        for method in item.keys() - {"parameters"}
    ]

    assert len(closed) >= 9
    for method, path in closed:
        assert ask(container, method, path.replace("{", "").replace("}", "")).status_code == 401


PREFIXED = {
    "with the prefix": ("shop/users:read", 200),
    "without it": ("users:read", 403),
    "with another": ("other/users:read", 403),
    "the prefix in the middle": ("x shop/orders:read", 403),
    "among others": ("openid shop/users:read email", 200),
}


def test_entra_id_leaves_the_prefix_out_of_its_tokens() -> None:
    shop = an_application(AUTH_SCOPE_PREFIX="api://shop/")

    for scp, status in (("users:read", 200), (["users:read"], 403), (["api://shop/users:read"], 200)):
        assert ask(shop, "GET", "/api/users", f"Bearer {token(scope=None, scp=scp)}").status_code == status


@pytest.mark.parametrize(("scope", "status"), PREFIXED.values(), ids=PREFIXED)
def test_a_prefix_stands_before_every_scope(scope: str, status: int) -> None:
    response = ask(an_application(AUTH_SCOPE_PREFIX="shop/"), "GET", "/api/users", f"Bearer {token(scope=scope)}")

    assert response.status_code == status
    if status == 403:
        assert 'scope="shop/users:read"' in response.headers["www-authenticate"]


NO_SCOPES = {
    "none": {"scope": None},
    "an empty one": {"scope": ""},
    "scope as an array": {"scope": ["users:read"]},
    "a number": {"scope": 1},
    "permissions as a string": {"scope": None, "permissions": "users:read"},
    "numbers in an array": {"scope": None, "scp": [1, None, {}]},
    "joined by commas": {"scope": "users:read,users:write"},
    "another case": {"scope": "Users:Read"},
    "a longer scope": {"scope": "users:readall"},
    "a wildcard": {"scope": "users:*"},
}


@pytest.mark.parametrize("changes", NO_SCOPES.values(), ids=NO_SCOPES)
def test_what_is_not_the_scope_allows_nothing(container: Any, changes: dict[str, Any]) -> None:
    signed = KEYS["ES256"].sign(claims() | changes)

    assert_problem(ask(container, "GET", "/api/users", f"Bearer {signed}"), 403, "insufficient-scope")


def test_a_path_or_method_that_does_not_exist_is_told_to_anybody(container: Any) -> None:
    assert_problem(ask(container, "GET", "/nowhere"), 404, "not-found")
    assert_problem(ask(container, "GET", "/api/users/"), 404, "not-found")
    assert_problem(ask(container, "PUT", "/api/users"), 405, "method-not-allowed")
    assert_problem(ask(container, "OPTIONS", "/api/users"), 405, "method-not-allowed")


def test_the_body_is_not_read_before_the_token_is_checked(container: Any) -> None:
    async def never_read() -> Any:
        raise AssertionError("the body was read")
        yield b""

    large = {"content-length": "70000", "content-type": "application/json"}
    for authorization, status in (((), 401), ((f"Bearer {token(scope='users:read')}",), 403)):
        response = ask(container, "POST", "/api/users", *authorization, content=never_read(), headers=large)
        assert response.status_code == status

    assert ask(container, "POST", "/api/users", f"Bearer {token()}", content=b"x", headers=large).status_code == 413


def test_who_sent_a_request_is_in_its_log_line_and_the_token_is_nowhere(container: Any) -> None:
    signed = token(sub="ada-1")
    with capture_logs() as lines:
        ask(container, "GET", "/api/users", f"Bearer {signed}")
        ask(container, "GET", "/api/users", "Bearer x.y.z")
        ask(container, "GET", "/api/health/live", f"Bearer {signed}")
        ask(container, "GET", "/api/users", f"Bearer {token(sub=None)}")
        ask(container, "GET", "/api/users", f"Bearer {token(sub='a' + chr(10) + 'b')}")

    assert [line["sub"] for line in lines if line["event"] == "request"] == ["ada-1", "-", "-", "shop-cli", "-"]
    assert not any(part in str(lines) for part in signed.split("."))


def test_without_authentication_nothing_of_it_is_there() -> None:
    shop = a_container(AUTH="none", AUTH_ISSUER="not even a URL")
    with capture_logs() as lines:
        assert ask(shop, "GET", "/api/users", "Bearer nonsense").status_code == 200
        assert ask(shop, "POST", "/api/users", json=ADA).status_code == 201
        assert_problem(ask(shop, "GET", "/.well-known/oauth-protected-resource"), 404, "not-found")
        assert_problem(ask(shop, "GET", "/sign-in"), 404, "not-found")
        assert "Authentication is off" in ask(shop, "GET", "/").text

    assert not any("sub" in line for line in lines)


def test_a_client_can_find_out_which_tokens_it_needs() -> None:
    shop = an_application(PUBLIC_URL="https://shop.example/prod/", AUTH_SCOPE_PREFIX="shop/", SERVICES="users")

    found = ask(shop, "GET", "/.well-known/oauth-protected-resource").json()

    assert found == {
        "resource": "https://shop.example/prod",
        "authorization_servers": ["https://issuer.example/pool"],
        "scopes_supported": ["shop/users:read", "shop/users:write"],
        "bearer_methods_supported": ["header"],
        "resource_name": "shapeshift",
    }
    assert ask(shop, "GET", "/api/users").headers["www-authenticate"] == (
        'Bearer realm="shapeshift", resource_metadata="https://shop.example/prod/.well-known/oauth-protected-resource"'
    )
    without = ask(an_application(), "GET", "/.well-known/oauth-protected-resource").json()
    assert without["resource"] == "https://shop.example/api"
