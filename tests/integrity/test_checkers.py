"""What the checkers make of histories short enough to be judged by eye."""

from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest

from tests.integrity.checkers import faults
from tests.integrity.history import Call, History, Json, Kept

AT = {"created_at": "2026-01-02T03:04:05.678Z"}
ADA: Json = {"id": "u1", "name": "Ada", "email": "ada@example.org"} | AT
EVE: Json = {"id": "u2", "name": "Eve", "email": "ADA@example.org"} | AT
TEA: Json = {"id": "o1", "user_id": "u1", "product": "Tea", "quantity": 2, "status": "pending"} | AT


def _create(user: Json, status: int, *times: int) -> Call:
    body = {name: user[name] for name in ("name", "email")}
    return _call("POST", "users", status, times, body=body, answer=user if status == 201 else None)


def _place(order: Json, status: int, *times: int) -> Call:
    body = {name: value for name, value in order.items() if name != "created_at"}
    return _call("POST", "orders", status, times, body=body, answer=order if status == 201 else None)


def _delete(row: Json, status: int, *times: int) -> Call:
    return _call("DELETE", "users" if "name" in row else "orders", status, times, id=row["id"])


def _complete(order: Json, status: int, *times: int) -> Call:
    changed = order | {"status": "completed"} if status == 200 else None
    return _call("PATCH", "orders", status, times, id=order["id"], body={"status": "completed"}, answer=changed)


def _call(method: Any, kind: Any, status: int, times: Sequence[int], **fields: Any) -> Call:
    began, ended = times
    return Call(method=method, kind=kind, status=status, began=began, ended=ended, **fields)


POSSIBLE: dict[str, tuple[list[Call], list[Json]]] = {
    "nothing": ([], []),
    "one of two who race is refused": ([_create(ADA, 201, 0, 3), _create(EVE, 409, 1, 2)], [ADA]),
    "refused by one who is being deleted": (
        [_create(ADA, 201, 0, 1), _delete(ADA, 204, 2, 5), _create(EVE, 409, 3, 4)],
        [],
    ),
    "an address is free again": (
        [_create(ADA, 201, 0, 1), _delete(ADA, 204, 2, 4), _create(EVE, 201, 3, 5)],
        [EVE],
    ),
    "what was not answered is kept": ([_create(ADA, 0, 0, 1)], [ADA]),
    "what was not answered is not kept": ([_create(ADA, 503, 0, 1)], []),
    "what was not answered comes late": (
        [_create(ADA, 503, 0, 1), _create(EVE, 201, 2, 3), _delete(EVE, 204, 4, 5)],
        [ADA],
    ),
    "an order and its user": ([_create(ADA, 201, 0, 1), _place(TEA, 201, 2, 3)], [ADA, TEA]),
    "an order that loses the race": (
        [_create(ADA, 201, 0, 1), _place(TEA, 422, 2, 5), _delete(ADA, 204, 3, 4)],
        [],
    ),
    "a user who stays because of an order": (
        [_create(ADA, 201, 0, 1), _place(TEA, 201, 2, 5), _delete(ADA, 409, 3, 4)],
        [ADA, TEA],
    ),
}


@pytest.mark.parametrize(("calls", "kept"), POSSIBLE.values(), ids=POSSIBLE)
def test_what_can_have_been_is_no_fault(calls: list[Call], kept: list[Json]) -> None:
    assert _faults(calls, kept) == {}


IMPOSSIBLE: dict[str, tuple[str, list[Call], list[Json]]] = {
    "two with one address": ("emails", [_create(ADA, 201, 0, 2), _create(EVE, 201, 1, 3)], [ADA, EVE]),
    "one with it after another": ("emails", [_create(ADA, 201, 0, 1), _create(EVE, 201, 2, 3)], [EVE]),
    "refused what is free": ("emails", [_create(EVE, 409, 0, 1), _create(ADA, 201, 2, 3)], [ADA]),
    "refused what is free again": (
        "emails",
        [_create(ADA, 201, 0, 1), _delete(ADA, 204, 2, 3), _create(EVE, 409, 4, 5)],
        [],
    ),
    "deleted twice": (
        "emails",
        [_create(ADA, 201, 0, 1), _delete(ADA, 204, 2, 5), _delete(ADA, 204, 3, 4)],
        [],
    ),
    "a user lost": ("emails", [_create(ADA, 201, 0, 1)], []),
    "a user who returns": ("emails", [_create(ADA, 201, 0, 1), _delete(ADA, 204, 2, 3)], [ADA]),
    "a user altered": ("contents", [_create(ADA, 201, 0, 1)], [ADA | {"email": "ada@example.net"}]),
    "half a user": ("contents", [_create(ADA, 503, 0, 1)], [{**ADA, "created_at": "", "email": "a"}]),
    "a user nobody asked for": ("contents", [], [ADA]),
    "an order lost": ("order ids", [_create(ADA, 201, 0, 1), _place(TEA, 201, 2, 3)], [ADA]),
    "an order twice": ("contents", [_create(ADA, 201, 0, 1), _place(TEA, 201, 2, 3)], [ADA, TEA, TEA]),
    "an order overwritten": (
        "order ids",
        [_create(ADA, 201, 0, 1), _place(TEA, 201, 2, 3), _place(TEA | {"product": "Kite"}, 201, 4, 5)],
        [ADA, TEA | {"product": "Kite"}],
    ),
    "a change lost": (
        "order ids",
        [_create(ADA, 201, 0, 1), _place(TEA, 201, 2, 3), _complete(TEA, 200, 4, 5)],
        [ADA, TEA],
    ),
    "a change of what is gone": (
        "order ids",
        [_create(ADA, 201, 0, 1), _place(TEA, 201, 2, 3), _delete(TEA, 204, 4, 5), _complete(TEA, 200, 6, 7)],
        [ADA],
    ),
    "a failure": ("order ids", [_create(ADA, 201, 0, 1), _place(TEA, 500, 2, 3)], [ADA]),
    "an order of nobody": (
        "owners",
        [_create(ADA, 201, 0, 1), _place(TEA, 201, 2, 5), _delete(ADA, 204, 3, 4)],
        [TEA],
    ),
    "an order for a user who is gone": (
        "owners",
        [_create(ADA, 201, 0, 1), _delete(ADA, 204, 2, 3), _place(TEA, 201, 4, 5), _delete(TEA, 204, 6, 7)],
        [],
    ),
    "an order refused for a user who is there": (
        "owners",
        [_create(ADA, 201, 0, 1), _place(TEA, 422, 2, 3)],
        [ADA],
    ),
    "a user who had to stay without orders": (
        "owners",
        [_create(ADA, 201, 0, 1), _delete(ADA, 409, 2, 3)],
        [ADA],
    ),
    "a user who was deleted before the order": (
        "owners",
        [_create(ADA, 201, 0, 1), _place(TEA, 201, 2, 3), _delete(ADA, 204, 4, 5), _delete(TEA, 204, 6, 7)],
        [],
    ),
}


@pytest.mark.parametrize(("checker", "calls", "kept"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_cannot_have_been_is_a_fault(checker: str, calls: list[Call], kept: list[Json]) -> None:
    assert checker in _faults(calls, kept)


def _faults(calls: list[Call], kept: list[Json]) -> dict[str, list[str]]:
    users = [row for row in kept if "name" in row]
    return faults(History(calls, _ticks=count(100)), Kept(users, [row for row in kept if row not in users]))
