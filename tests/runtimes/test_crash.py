"""A process that is killed in the middle of its work loses nothing that it has acknowledged."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runtimes.load import Json, Ledger, faults, load, read_all
from tests.runtimes.processes import serving, wait_until

ENOUGH = 300


def test_what_was_acknowledged_survives_a_kill_and_nothing_else_appears(tmp_path: Path) -> None:
    ledger = Ledger()
    with serving(tmp_path) as served, load(served, ledger):
        wait_until(lambda: len(ledger.orders) >= ENOUGH or bool(ledger.failures), lambda: served.output[-2000:])
        assert served.stop(signal.SIGKILL) == -signal.SIGKILL
    assert ledger.failures, "the kill came when nobody was writing"

    with serving(tmp_path) as served, served.client() as client:
        users, orders = read_all(client, "/api/users"), read_all(client, "/api/orders")
    assert len(orders) >= ENOUGH
    assert faults(ledger, users, orders) == []


def _kept() -> tuple[Ledger, list[Json], list[Json]]:
    moment = {"created_at": "2026-01-02T03:04:05.678Z"}
    asked_user = {"name": "Ada", "email": "ada@example.org"}
    asked_order = {"user_id": "u1", "product": "Kite", "quantity": 2}
    user = {"id": "u1", **asked_user, **moment}
    order = {"id": "o1", **asked_order, "status": "pending", **moment}
    ledger = Ledger(asked={"ada@example.org": asked_user, "Kite": asked_order}, users=[user], orders=[order])
    return ledger, [dict(user)], [dict(order)]


def test_the_checker_finds_no_fault_in_what_was_kept_as_it_was_acknowledged() -> None:
    assert faults(*_kept()) == []


def test_the_checker_accepts_a_whole_write_that_was_not_acknowledged() -> None:
    ledger, users, orders = _kept()
    ledger.orders.clear()
    assert faults(ledger, users, orders) == []


SPOILT: dict[str, tuple[Callable[[list[Json], list[Json]], object], str]] = {
    "a user is missing": (lambda users, _: users.clear(), "lost: "),
    "an order is missing": (lambda _, orders: orders.clear(), "lost: "),
    "a user is altered": (lambda users, _: users[0].update(name="Eve"), "altered: "),
    "an order is altered": (lambda _, orders: orders[0].update(status="completed"), "altered: "),
    "an order lacks its user": (lambda _, orders: orders[0].update(user_id="u2"), "has no user: "),
    "an order is there twice": (lambda _, orders: orders.append(orders[0]), "an id is there twice"),
    "an e-mail is there twice": (
        lambda users, _: users.append({**users[0], "id": "u2", "email": "ADA@example.org"}),
        "kept 2 times: ",
    ),
    "nobody asked for an order": (
        lambda _, orders: orders.append({**orders[0], "id": "o2", "product": "Boat"}),
        "nobody asked for: ",
    ),
}


@pytest.mark.parametrize(("spoil", "fault"), SPOILT.values(), ids=SPOILT)
def test_the_checker_finds_what_is_wrong(spoil: Callable[[list[Json], list[Json]], object], fault: str) -> None:
    ledger, users, orders = _kept()
    spoil(users, orders)
    assert any(found.startswith(fault) for found in faults(ledger, users, orders))


def test_the_checker_finds_half_a_write_that_was_not_acknowledged() -> None:
    ledger, users, orders = _kept()
    ledger.orders.clear()
    orders[0]["quantity"] = 1
    assert any(found.startswith("not as asked: ") for found in faults(ledger, users, orders))
