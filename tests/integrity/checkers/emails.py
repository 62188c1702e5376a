"""No two users ever have the same e-mail address, and nobody is refused one that was free."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from tests.integrity.explain import unexplained
from tests.integrity.history import Call, History, Kept

NOBODY = ""


def address_of(email: str) -> str:
    """What all spellings of an address have in common (Unicode Standard, 3.13, D145)."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", email).casefold())


def faults(history: History, kept: Kept) -> Iterator[str]:
    users = [row for call in history.of("users") for row in call.rows] + kept.users
    names = {user["id"]: user["name"] for user in users}
    addresses = {user["id"]: address_of(user["email"]) for user in users}
    calls: dict[str, list[Call]] = defaultdict(list)
    for call in history.of("users"):
        if call.method == "POST":
            calls[address_of(call.body["email"])].append(call)
        elif call.id:
            calls[addresses[call.id]].append(call)
    for address, about in calls.items():
        last = history.kept("users", [user for user in kept.users if address_of(user["email"]) == address])
        if found := unexplained([*about, last], NOBODY, partial(_next_holder, names)):
            yield f"whoever had {address}, this cannot be: {found}"


def _next_holder(names: dict[str, str], holder: str, call: Call) -> str | None:
    """The holder of an address, by name, after a call."""
    if call.method == "KEPT":
        return holder if [user["name"] for user in call.answer] == ([holder] if holder else []) else None
    if call.method == "POST":
        if call.done or call.unknown:
            return call.label if holder == NOBODY else None
        return holder if call.status == 409 and holder != NOBODY else None
    is_his = holder == names[str(call.id)]
    if call.status == 404:
        return None if is_his else holder
    if not is_his or call.status not in {0, 200, 204, 409, 503}:
        return None
    return NOBODY if call.method == "DELETE" and call.status != 409 else holder
