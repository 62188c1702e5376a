"""What a caller is told who sent something that cannot be served."""

from typing import Any

import httpx
import pytest

from service.domain.errors import StoreUnavailable
from tests.http.conftest import Tell, assert_problem, create_user, place_order
from tests.http.test_every_response import BrokenUsers, ask

JSON = {"content-type": "application/json"}
USER = b'{"name": "Ada", "email": "a@b.c"}'

REFUSED: dict[str, tuple[tuple[str, str, Any], tuple[int, str, str, str]]] = {
    "a path": (
        ("GET", "/nowhere", None),
        (404, "not-found", "There is nothing at this path", "Nothing is served at this path."),
    ),
    "a method": (
        ("PUT", "/api/users", None),
        (405, "method-not-allowed", "The method is not allowed here", "This path allows GET, HEAD, POST."),
    ),
    "a user": (
        ("GET", "/api/users/u1", None),
        (404, "user-not-found", "The user does not exist", "There is no user 'u1'."),
    ),
    "an order": (
        ("DELETE", "/api/orders/o1", None),
        (404, "order-not-found", "The order does not exist", "There is no order 'o1'."),
    ),
    "an owner": (
        ("POST", "/api/orders", {"user_id": "u1", "product": "Tea", "quantity": 1}),
        (422, "user-not-found", "The user does not exist", "There is no user 'u1'. Enter the id of an existing user."),
    ),
    "an address that is taken": (
        ("POST", "/api/users", {"name": "Ada", "email": "ADA@example.com"}),
        (
            409,
            "email-taken",
            "The e-mail address is taken",
            "Another user has the e-mail address 'ADA@example.com'.",
        ),
    ),
    "an id that is taken": (
        ("POST", "/api/orders", {"user_id": "{user}", "product": "Tea", "quantity": 1, "id": "tea-1"}),
        (
            409,
            "order-exists",
            "The order id is taken",
            "The order 'tea-1' exists already. It was not changed.",
        ),
    ),
    "a completed order": (
        ("PATCH", "/api/orders/tea-1", {"status": "pending"}),
        (
            409,
            "invalid-transition",
            "The status cannot change like this",
            "The order 'tea-1' cannot go back to 'pending'.",
        ),
    ),
    "a user with orders": (
        ("DELETE", "/api/users/{user}", None),
        (
            409,
            "user-has-orders",
            "The user still has orders",
            "The user '{user}' still has orders. Delete them first.",
        ),
    ),
    "a limit": (
        ("GET", "/api/users?limit=0", None),
        (
            400,
            "invalid-request",
            "The request is invalid",
            "Correct the following: limit must be a whole number between 1 and 100.",
        ),
    ),
    "a cursor": (
        ("GET", "/api/users?cursor=x", None),
        (
            400,
            "invalid-request",
            "The request is invalid",
            "Correct the following: cursor must be a cursor from this list's own Link header, unchanged.",
        ),
    ),
}


@pytest.mark.parametrize(("sent", "told"), REFUSED.values(), ids=REFUSED)
def test_a_problem_says_what_is_wrong(tell: Tell, sent: tuple[str, str, Any], told: tuple[int, str, str, str]) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = (await create_user(client))["id"]
        await place_order(client, user, id="tea-1", status="completed")
        method, path, body = sent
        status, slug, title, detail = told
        filled = body and {name: user if value == "{user}" else value for name, value in body.items()}

        response = await client.request(method, path.replace("{user}", user), json=filled)

        problem = assert_problem(response, status, slug)
        assert (problem["title"], problem["detail"]) == (title, detail.replace("{user}", user))
        assert set(problem) == {"type", "title", "status", "detail", "instance"} | ({"errors"} & set(problem))
        assert ("errors" in problem) == (status == 400)

    tell(story)


BODIES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "body is empty; a JSON object is required"),
    "an array": (b"[]", "body must be a JSON object"),
    "too deep": (b"[" * 150 + b"]" * 150, "body is nested too deeply"),
    "no JSON": (b"{", "body is not valid JSON: Input data was truncated"),
}


@pytest.mark.parametrize(("body", "message"), BODIES.values(), ids=BODIES)
def test_a_malformed_body_is_explained(tell: Tell, body: bytes, message: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        response = await client.post("/api/users", content=body, headers=JSON)
        assert assert_problem(response, 400, "invalid-request")["detail"] == f"Correct the following: {message}."

    tell(story)


def test_another_media_type_and_a_body_that_is_too_large_are_explained(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        plain = await client.post("/api/users", content=USER, headers={"content-type": "text/plain"})
        large = await client.post("/api/users", content=USER.ljust(65_537), headers=JSON)

        assert assert_problem(plain, 415, "unsupported-media-type")["detail"] == (
            "Send the body as JSON, with the header Content-Type: application/json."
        )
        assert assert_problem(large, 413, "body-too-large")["detail"] == "A body has at most 65,536 bytes."

    tell(story)


@pytest.mark.parametrize("length", ["65537", "9" * 5000], ids=["a byte too many", "a long number"])
def test_a_body_whose_length_says_that_it_is_too_large_is_not_read(tell: Tell, length: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        async def never_read() -> Any:
            raise AssertionError("the body was read")
            yield b""

        response = await client.post("/api/users", content=never_read(), headers={**JSON, "content-length": length})

        assert_problem(response, 413, "body-too-large")

    tell(story)


def test_a_host_header_that_is_malformed_is_refused_and_explained(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        problem = assert_problem(await client.get("/api/users", headers={"host": "a b"}), 400, "invalid-request")
        assert problem["errors"] == []

    tell(story)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (
            StoreUnavailable(),
            (
                503,
                "store-unavailable",
                "The service cannot answer at the moment",
                "The data store cannot be reached at the moment. Try again shortly.",
            ),
        ),
        (
            RuntimeError("hunter2"),
            (
                500,
                "internal-error",
                "Something went wrong on our side",
                "The error was logged under this request's id.",
            ),
        ),
    ],
    ids=["the store", "anything else"],
)
def test_a_failure_of_ours_says_no_more_than_that(failure: Exception, told: tuple[int, str, str, str]) -> None:
    status, slug, title, detail = told

    problem = assert_problem(ask(BrokenUsers(failure)), status, slug)

    assert (problem["title"], problem["detail"]) == (title, detail)


def test_many_brackets_are_no_depth(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        flat = b'{"name": "Ada", "email": "a@b.c", "extra": [1, ' + b"[], " * 150 + b"{}]}"
        assert (await client.post("/api/users", content=flat, headers=JSON)).status_code == 201

    tell(story)
