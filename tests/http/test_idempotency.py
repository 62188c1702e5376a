"""A creation that is sent again with its Idempotency-Key, as callers see it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from dependency_injector.providers import Object

from service.domain.errors import StoreUnavailable
from tests.http.conftest import Tell, a_container, assert_problem, client_of, create_user, place_order
from tests.memory import MemoryUserRepository

ADA = {"name": "Ada", "email": "ada@example.com"}
SAME_AS_ADA: list[dict[str, Any]] = [ADA, {"email": "ada@example.com", "name": "  Ada "}, {**ADA, "age": 36}]


async def send(client: httpx.AsyncClient, user: dict[str, Any], *keys: str) -> httpx.Response:
    return await client.post("/api/users", json=user, headers=[("idempotency-key", key) for key in keys])


@pytest.mark.parametrize("again", SAME_AS_ADA, ids=["the same", "spelled otherwise", "with an unknown field"])
def test_the_same_request_again_gets_the_first_answer_again(tell: Tell, again: dict[str, Any]) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        first = await send(client, ADA, "k1")
        replay = await send(client, again, "k1")

        assert (first.status_code, replay.status_code) == (201, 201)
        assert replay.content == first.content
        for name in ("location", "etag", "content-type", "cache-control"):
            assert replay.headers[name] == first.headers[name]
        assert replay.headers["idempotency-replayed"] == "true"
        assert "idempotency-replayed" not in first.headers
        assert len((await client.get("/api/users")).json()) == 1

    tell(story)


def test_a_replay_shows_what_was_created_though_it_has_changed_or_is_gone(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        first = await send(client, ADA, "k1")
        path = f"/api/users/{first.json()['id']}"

        await client.patch(path, json={"name": "Grace", "email": "grace@example.com"})
        assert (await send(client, ADA, "k1")).content == first.content
        await client.delete(path)
        assert (await send(client, ADA, "k1")).content == first.content
        assert (await client.get("/api/users")).json() == []

    tell(story)


def test_a_default_that_is_sent_is_the_same_request_as_one_that_is_not(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        order = {"user_id": (await create_user(client))["id"], "product": "Tea", "quantity": 2}
        headers = {"idempotency-key": "k1"}

        first = await client.post("/api/orders", json=order, headers=headers)
        replay = await client.post("/api/orders", json={**order, "status": "pending", "quantity": 2.0}, headers=headers)
        with_id = await client.post("/api/orders", json={**order, "id": first.json()["id"]}, headers=headers)

        assert replay.content == first.content
        assert_problem(with_id, 422, "idempotency-key-reused")

    tell(story)


def test_a_key_with_another_request_is_422_and_changes_nothing(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        first = (await send(client, ADA, "k1")).json()

        for other in ({**ADA, "name": "Grace"}, {**ADA, "email": "Ada@example.com"}):
            assert_problem(await send(client, other, "k1"), 422, "idempotency-key-reused")
        assert (await client.get("/api/users")).json() == [first]

    tell(story)


def test_a_key_in_quotation_marks_is_the_same_key(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        first = await send(client, ADA, '"k1"')

        assert (await send(client, ADA, "k1")).content == first.content

    tell(story)


def test_a_key_counts_for_one_operation(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = (await send(client, ADA, "k1")).json()
        order = {"user_id": user["id"], "product": "Tea", "quantity": 2}

        placed = await client.post("/api/orders", json=order, headers={"idempotency-key": "k1"})

        assert placed.status_code == 201
        assert "idempotency-replayed" not in placed.headers

    tell(story)


def test_a_request_that_is_refused_leaves_its_key_free(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        await create_user(client, "taken@example.com")

        assert_problem(await send(client, {**ADA, "name": ""}, "k1"), 400, "invalid-request")
        assert_problem(await send(client, {**ADA, "email": "taken@example.com"}, "k1"), 409, "email-taken")
        assert (await send(client, ADA, "k1")).status_code == 201

    tell(story)


VALID = ["k", "k" * 255, "!#$%&'()*+-./09:;<=>?@AZ[\\]^_`az{|}~", '"' + "k" * 255 + '"', "  k1\t"]
INVALID = [
    "",
    '""',
    " ",
    "k" * 256,
    '"' + "k" * 256 + '"',
    "a b",
    "a,b",
    'a"b',
    '"a',
    'a"',
    '"a"b',
    '"a";p=1',
    "é",
    "\x7f",
]


@pytest.mark.parametrize("key", VALID)
def test_a_key_is_visible_ascii(tell: Tell, key: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await send(client, ADA, key)).status_code == 201
        assert (await send(client, ADA, key)).headers["idempotency-replayed"] == "true"

    tell(story)


@pytest.mark.parametrize("key", INVALID)
def test_any_other_key_is_400_before_the_fields_of_the_body(tell: Tell, key: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        headers = {b"idempotency-key": key.encode("latin-1"), b"content-type": b"application/json"}
        response = await client.post("/api/users", content=b'{"name": "", "email": 7}', headers=headers)

        problem = assert_problem(response, 400, "invalid-request")
        assert [each["field"] for each in problem["errors"]] == ["Idempotency-Key", "name", "email"]
        assert (await client.get("/api/users")).json() == []

    tell(story)


def test_two_keys_are_400(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        problem = assert_problem(await send(client, ADA, "k1", "k1"), 400, "invalid-request")

        assert [each["field"] for each in problem["errors"]] == ["Idempotency-Key"]

    tell(story)


def test_a_malformed_body_is_reported_alone(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        headers = {"idempotency-key": "a b", "content-type": "application/json"}
        problem = assert_problem(await client.post("/api/users", content=b"{", headers=headers), 400, "invalid-request")

        assert [each["field"] for each in problem["errors"]] == ["body"]

    tell(story)


def test_other_methods_do_not_look_at_the_key(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        client.headers["idempotency-key"] = "a b"

        assert (await client.get("/api/users")).status_code == 200
        assert (await client.patch(f"/api/users/{user['id']}", json={"name": "Grace"})).status_code == 200
        assert (await client.delete(f"/api/users/{user['id']}")).status_code == 204

    tell(story)


def test_of_48_requests_at_once_one_creates_and_all_get_its_answer(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answers = await asyncio.gather(*(send(client, ADA, "k1") for _ in range(48)))

        assert {(each.status_code, each.content) for each in answers} == {(201, answers[0].content)}
        assert sum("idempotency-replayed" in each.headers for each in answers) == 47
        assert len((await client.get("/api/users")).json()) == 1

    tell(story)


def test_a_key_counts_for_as_many_hours_as_the_setting_says() -> None:
    async def told() -> None:
        now = [datetime(2026, 11, 26, 12, tzinfo=UTC)]
        container = a_container(IDEMPOTENCY_HOURS="2")
        container.clock.override(Object(lambda: now[0]))
        async with client_of(container) as client:
            await send(client, ADA, "k1")
            now[0] += timedelta(hours=2) - timedelta(seconds=1)
            assert (await send(client, ADA, "k1")).headers["idempotency-replayed"] == "true"
            now[0] += timedelta(seconds=1)
            assert_problem(await send(client, ADA, "k1"), 409, "email-taken")

    asyncio.run(told())


class LostUsers(MemoryUserRepository):
    async def add(self, *_: Any) -> None:
        raise StoreUnavailable


def test_an_unknown_outcome_says_how_the_request_can_be_repeated(container: Any) -> None:
    async def told() -> None:
        container.user_repository.override(Object(LostUsers(container.store().store())))
        async with client_of(container) as client:
            with_key = assert_problem(await send(client, ADA, "k1"), 503, "store-unavailable")
            without = assert_problem(await send(client, ADA), 503, "store-unavailable")

        assert with_key["detail"].endswith("It is safe to repeat the request with the same Idempotency-Key.")
        assert without["detail"].endswith("repeat it, with a new key, only if a second one would do no harm.")

    asyncio.run(told())


def test_orders_can_be_repeated_as_users_can(tell: Tell) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        user = await create_user(client)
        order = {"user_id": user["id"], "product": "Tea", "quantity": 2, "id": "tea-1"}
        await place_order(client, user["id"], id="other")

        answers = [await client.post("/api/orders", json=order, headers={"idempotency-key": "k1"}) for _ in range(2)]

        assert answers[0].content == answers[1].content
        assert len((await client.get("/api/orders")).json()) == 2

    tell(story)
