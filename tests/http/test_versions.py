"""Entity tags, conditional requests and changes of users, as callers see them."""

import asyncio
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

import httpx
import pytest

from tests.http.conftest import Tell, assert_problem, create_user, place_order


async def stored(client: httpx.AsyncClient) -> tuple[str, str]:
    """Create a user, and return its path and its tag."""
    path = f"/api/users/{(await create_user(client))['id']}"
    return path, (await client.get(path)).headers["etag"]


def test_one_entity_has_the_tag_of_its_bytes_wherever_it_is_shown(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        created = await client.post("/api/users", json={"name": "Ada", "email": "ada@example.com"})
        order = await place_order(client, created.json()["id"])
        path = f"/api/users/{created.json()['id']}"
        answers = [
            created,
            await client.get(path),
            await client.patch(path, json={"name": "Grace"}),
            await client.get(f"/api/orders/{order['id']}"),
            await client.patch(f"/api/orders/{order['id']}", json={"status": "completed"}),
        ]

        for answer in answers:
            digest = urlsafe_b64encode(sha256(answer.content).digest()).decode()[:22]
            assert answer.headers["etag"] == f'"{digest}"'
            assert answer.headers["cache-control"] == "private, no-cache"
        assert (await client.head(path)).headers["etag"] == answers[2].headers["etag"]

    tell(story)


def test_lists_and_failures_have_no_tag_and_are_not_kept(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for path in ("/api/users", "/api/users/nobody", "/api/health"):
            answer = await client.get(path)
            assert "etag" not in answer.headers
            assert answer.headers["cache-control"] == "no-store"

    tell(story)


SEEN = ["{}", "*", "W/{}", '"x", {}', '"x",W/{}', ' , "x" ,, {} ,', '"a,b", {}']
NOT_SEEN = ['"x"', '"x", "y"', 'W/"x"', '""', '"*"', '"é"']
MALFORMED = ["", " ", ",", "x", '"x', '"x" "y"', "W/x", 'w/"x"', '*, "x"', "* *", '"x";', '"a"b"', 'W/ "x"']


@pytest.mark.parametrize("form", SEEN)
def test_a_version_that_the_caller_has_is_304_without_a_body(tell: Tell, form: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path, tag = await stored(client)

        for method in ("GET", "HEAD"):
            answer = await client.request(method, path, headers={"if-none-match": form.format(tag)})
            assert (answer.status_code, answer.content) == (304, b"")
            assert (answer.headers["etag"], answer.headers["cache-control"]) == (tag, "private, no-cache")
            assert "content-type" not in answer.headers

    tell(story)


@pytest.mark.parametrize("value", NOT_SEEN)
def test_another_version_is_shown(tell: Tell, value: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path, _ = await stored(client)

        assert (await client.get(path, headers={b"if-none-match": value.encode("latin-1")})).status_code == 200

    tell(story)


@pytest.mark.parametrize("value", MALFORMED)
def test_a_malformed_header_is_400(tell: Tell, value: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path, _ = await stored(client)
        answers = {
            "If-None-Match": [await client.get(path, headers={"if-none-match": value})],
            "If-Match": [
                await client.delete(path, headers={"if-match": value}),
                await client.patch(path, json={"name": ""}, headers={"if-match": value}),
            ],
        }

        for name, refused in answers.items():
            for answer in refused:
                problem = assert_problem(answer, 400, "invalid-request")
                assert problem["errors"][0]["field"] == name
        assert [each["field"] for each in answers["If-Match"][1].json()["errors"]] == ["If-Match", "name"]

    tell(story)


def test_several_lines_of_a_header_are_one_list(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path, tag = await stored(client)
        lines = [("if-none-match", '"x"'), ("if-none-match", tag)]

        assert (await client.get(path, headers=lines)).status_code == 304

    tell(story)


def test_a_condition_counts_less_than_that_there_is_nothing(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for value in ("*", '"x"'):
            assert_problem(
                await client.get("/api/users/nobody", headers={"if-none-match": value}), 404, "user-not-found"
            )
            headers = {"if-match": value}
            assert_problem(await client.delete("/api/users/nobody", headers=headers), 404, "user-not-found")
            assert_problem(
                await client.patch("/api/users/nobody", json={"name": "Grace"}, headers=headers), 404, "user-not-found"
            )

    tell(story)


@pytest.mark.parametrize("form", ["{}", "*", '"x", {}'])
def test_what_was_read_can_be_changed_and_deleted(tell: Tell, form: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path, tag = await stored(client)

        changed = await client.patch(path, json={"name": "Grace"}, headers={"if-match": form.format(tag)})
        assert (changed.status_code, changed.json()["name"]) == (200, "Grace")
        headers = {"if-match": form.format(changed.headers["etag"])}
        assert (await client.delete(path, headers=headers)).status_code == 204

    tell(story)


@pytest.mark.parametrize("form", ['"x"', "W/{}"])
def test_what_was_not_read_is_412_and_stays(tell: Tell, form: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path, tag = await stored(client)
        order_path = f"/api/orders/{(await place_order(client, path.rpartition('/')[2]))['id']}"
        headers = {"if-match": form.format(tag)}

        for answer in (
            await client.patch(path, json={"name": "Grace"}, headers=headers),
            await client.delete(path, headers=headers),  # and not that it has orders
            await client.patch(order_path, json={"status": "completed"}, headers={"if-match": '"x"'}),
            await client.delete(order_path, headers={"if-match": '"x"'}),
        ):
            assert_problem(answer, 412, "precondition-failed")
        assert (await client.get(path)).headers["etag"] == tag

    tell(story)


def test_412_counts_more_than_what_the_change_would_be_refused_for(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path, _ = await stored(client)
        await create_user(client, "taken@example.com")
        order_path = f"/api/orders/{(await place_order(client, path.rpartition('/')[2], status='completed'))['id']}"
        headers = {"if-match": '"x"'}

        assert_problem(
            await client.patch(path, json={"email": "taken@example.com"}, headers=headers), 412, "precondition-failed"
        )
        assert_problem(
            await client.patch(order_path, json={"status": "pending"}, headers=headers), 412, "precondition-failed"
        )

    tell(story)


def test_of_twelve_writers_with_one_tag_one_succeeds(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path, tag = await stored(client)

        answers = await asyncio.gather(
            *(client.patch(path, json={"name": f"Ada {n}"}, headers={"if-match": tag}) for n in range(12))
        )

        assert sorted(each.status_code for each in answers) == [200] + [412] * 11

    tell(story)


def test_a_change_to_the_same_values_changes_no_tag(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path, tag = await stored(client)

        for _ in range(2):
            answer = await client.patch(path, json={"name": " Ada"}, headers={"if-match": tag})
            assert (answer.status_code, answer.headers["etag"]) == (200, tag)

    tell(story)


def test_lists_and_creations_ignore_both_headers(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        client.headers.update({"if-match": "?", "if-none-match": "?"})

        await create_user(client)
        assert (await client.get("/api/users")).status_code == 200

    tell(story)


@pytest.mark.parametrize(
    "change", [{"name": "  Grace "}, {"email": "grace@example.com"}, {"name": "Grace", "email": "grace@example.com"}]
)
def test_a_user_changes_in_what_is_sent_and_nothing_else(tell: Tell, change: dict[str, str]) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)

        answer = await client.patch(
            f"/api/users/{user['id']}", json={**change, "id": "other", "created_at": "2000-01-01T00:00:00.000Z"}
        )

        expected = user | {name: value.strip() for name, value in change.items()}
        assert (answer.status_code, answer.json()) == (200, expected)
        assert (await client.get("/api/users")).json() == [expected]

    tell(story)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, ["body"]),
        ({"id": "u1"}, ["body"]),
        ({"name": ""}, ["name"]),
        ({"email": None}, ["email"]),
        ({"email": 7, "name": None}, ["name", "email"]),
    ],
)
def test_a_change_by_which_nothing_could_change_is_400(tell: Tell, change: dict[str, Any], fields: list[str]) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path, _ = await stored(client)

        for each in (path, "/api/users/nobody"):
            problem = assert_problem(await client.patch(each, json=change), 400, "invalid-request")
            assert [error["field"] for error in problem["errors"]] == fields

    tell(story)


def test_an_address_that_a_user_had_is_free_and_one_that_is_taken_is_409(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        path, _ = await stored(client)
        assert (await client.patch(path, json={"email": "new@example.com"})).status_code == 200

        await create_user(client, "ada@example.com")
        assert_problem(await client.patch(path, json={"email": "ADA@example.com"}), 409, "email-taken")
        assert (await client.patch(path, json={"email": "NEW@example.com"})).status_code == 200

    tell(story)
