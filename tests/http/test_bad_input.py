"""Whatever is sent gets what the contract says, never a 5xx, and changes nothing."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.http.conftest import Tell, assert_problem, create_user

JSON = {"content-type": "application/json"}

MALFORMED = {
    "empty": b"",
    "white space": b"  ",
    "no JSON": b"name=Ada",
    "cut off": b'{"name": "Ada"',
    "two values": b"{} {}",
    "an array": b"[]",
    "a string": b'"Ada"',
    "null": b"null",
    "invalid UTF-8": b'{"name": "\xff\xfe", "email": "a@b.c"}',
    "an encoded surrogate": b'{"name": "\xed\xa0\x80a", "email": "a@b.c"}',
    "a lone surrogate": b'{"name": "a\\ud800b", "email": "a@b.c"}',
    "a byte order mark": b'\xef\xbb\xbf{"name": "Ada", "email": "a@b.c"}',
    "NaN": b'{"name": "Ada", "email": NaN}',
    "50,000 open brackets": b"[" * 50_000,
    "50,000 open braces": b'{"a":' * 12_000,
    "a huge number that is cut off": b'{"x": 1e400',
    "a huge number with a leading zero": b'{"x": 01e400}',
    "a huge number without a fraction": b'{"x": 1.e400}',
    "a huge number before a lone surrogate": b'{"x": 1e400, "name": "a\\ud800b"}',
    "an array with a huge number": b"[1e400]",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_body_is_400(tell: Tell, body: bytes) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for method, path in (("POST", "/api/users"), ("POST", "/api/orders"), ("PATCH", "/api/orders/any")):
            response = await client.request(method, path, content=body, headers=JSON)
            problem = assert_problem(response, 400, "invalid-request")
            assert [error["field"] for error in problem["errors"]] == ["body"]
        assert (await client.get("/api/users")).json() == []

    tell(story)


@pytest.mark.parametrize(
    "quantity", ["true", "false", "0", "-1", "0.5", "1e300", "1000001", '"2"', "null", "[1]", "{}", "1" * 400]
)
def test_a_bad_quantity_is_400_and_named(tell: Tell, quantity: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        body = f'{{"user_id": "{user["id"]}", "product": "Tea", "quantity": {quantity}}}'

        response = await client.post("/api/orders", content=body, headers=JSON)

        assert response.status_code == 400
        assert (await client.get("/api/orders")).json() == []

    tell(story)


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/jsonx", "application/problem+json", "x; application/json"]
)
def test_another_media_type_is_415(tell: Tell, content_type: str | None) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        headers = {} if content_type is None else {"content-type": content_type}

        response = await client.post("/api/users", content=b'{"name": "Ada", "email": "a@b.c"}', headers=headers)

        assert_problem(response, 415, "unsupported-media-type")

    tell(story)


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;x=y"]
)
def test_json_may_have_parameters(tell: Tell, content_type: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        body = b'{"name": "Bob", "name": "Ada", "email": "a@b.c"}'

        response = await client.post("/api/users", content=body, headers={"content-type": content_type})

        assert response.json()["name"] == "Ada"

    tell(story)


@pytest.mark.parametrize(("depth", "complaint"), [(100, "name must be a string"), (101, "nested too deeply")])
@pytest.mark.parametrize("innermost", [b"1", b"{}", b"[]", b'{"a": 1}', b"[[], 1]"])
@pytest.mark.parametrize("beside", [b"", b', "beside": [[], {}, []]'], ids=["alone", "beside others"])
def test_json_is_nested_a_hundred_levels_at_most_whichever_python_reads_it(
    tell: Tell, depth: int, complaint: str, innermost: bytes, beside: bytes
) -> None:
    levels = depth - {b"1": 0, b"[[], 1]": 2}.get(innermost, 1)
    objects, arrays = b'{"name": ' * levels, b'{"name": ' + b"[" * (levels - 1)

    async def story(client: httpx.AsyncClient) -> None:
        for body in (
            objects + innermost + b"}" * (levels - 1) + beside + b"}",
            arrays + innermost + b"]" * (levels - 1) + beside + b"}",
        ):
            response = await client.post("/api/users", content=body, headers=JSON)
            assert complaint in assert_problem(response, 400, "invalid-request")["detail"]

    tell(story)


@pytest.mark.parametrize("size", [65_536, 65_537, 10_000_000])
def test_a_body_has_at_most_64_kib(tell: Tell, size: int) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        body = b'{"name": "Ada", "email": "a@b.c"}'.ljust(size)

        async def chunks() -> Any:
            for start in range(0, size, 10_000):
                yield body[start : start + 10_000]

        for content in (body, chunks()):
            response = await client.post("/api/users", content=content, headers=JSON)
            if size <= 65_536:
                assert response.status_code in {201, 409}
            else:
                assert_problem(response, 413, "body-too-large")

    tell(story)


@pytest.mark.parametrize(
    "path",
    [
        "/api/users/",
        "//api/users",
        "/api//users",
        "/api/users/a%2Fb",
        "/API/users",
        "/api",
        "/api/users/x/",
    ],
)
def test_a_path_must_match_exactly(tell: Tell, path: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        url = httpx.URL("http://shop.example", raw_path=path.encode())
        assert_problem(await client.get(url), 404, "not-found")

    tell(story)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
bodies = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("name", "email", "user_id", "product", "quantity", "status", "id"), json_values),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(body=bodies)
def test_no_json_body_is_a_server_error(tell: Tell, body: dict[str, Any]) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        for path in ("/api/users", "/api/orders"):
            response = await client.post(path, content=content, headers=JSON)
            assert response.status_code < 500, response.text

    tell(story)


def test_a_body_that_is_too_large_counts_more_than_its_media_type(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        for method, path in (("POST", "/api/users"), ("PATCH", f"/api/users/{user['id']}")):
            for content in (b"x" * 65_537, chunks(b"x" * 65_537)):
                answer = await client.request(method, path, content=content, headers={"content-type": "text/plain"})
                assert_problem(answer, 413, "body-too-large")

    tell(story)


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    """The content in parts, whose length is not declared."""
    for start in range(0, len(content), 8_192):
        yield content[start : start + 8_192]
