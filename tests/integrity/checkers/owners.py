"""An order's user exists for as long as the order does: no order without a user, and no user gone with orders."""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from tests.integrity.explain import unexplained
from tests.integrity.history import Call, History, Kept

Pair = tuple[bool, bool]
"""Whether a user exists, and whether a certain order of that user does."""


def faults(history: History, kept: Kept) -> Iterator[str]:
    kept_users = {user["id"] for user in kept.users}
    yield from (f"has no user: {order}" for order in kept.orders if order["user_id"] not in kept_users)

    # A client names a user only after it was told of it, so a user who was ever there was there when first named.
    ever = kept_users | {row["id"] for call in history.of("users") for row in call.rows}
    of_user: dict[str, list[Call]] = defaultdict(list)
    of_order: dict[str, list[Call]] = defaultdict(list)
    for call in history.calls:
        if call.owner:
            of_user[call.owner].append(call)
        elif call.kind == "users" and call.id:
            of_user[call.id].append(call)
        elif call.id:
            of_order[call.id].append(call)
    for user, calls in of_user.items():
        yield from _refused_without_reason(calls, of_order)
        rows = [row for row in kept.users if row["id"] == user] + [o for o in kept.orders if o["user_id"] == user]
        last = history.kept("users", rows)
        placings = [call for call in calls if call.method == "POST" and (call.done or call.unknown)]
        for placing in (*placings, None):
            about = [*calls, *of_order[str(placing.about)]] if placing else calls
            if found := unexplained([*about, last], (user in ever, False), partial(_next_pair, user, placing)):
                yield f"whenever user {user} and {placing} came and went, this cannot be: {found}"
                break


def _next_pair(user: str, placing: Call | None, pair: Pair, call: Call) -> Pair | None:
    exists, has_order = pair
    product = placing.label if placing else ""
    shown = any(row.get("product") == product for row in call.rows)
    if call is placing:
        return (True, True) if pair == (True, False) else None
    if call.method == "KEPT":
        fits = pair == (any(row["id"] == user for row in call.rows), shown)
    elif call.kind == "users":
        return _after_call_of_user(pair, call)
    elif call.id:
        return _after_call_of_order(pair, call, shown=shown)
    elif call.method == "POST":
        fits = call.unknown or exists == (call.status != 422)
    else:
        fits = not call.is_whole_list or has_order == shown
    return pair if fits else None


def _after_call_of_user(pair: Pair, call: Call) -> Pair | None:
    exists, has_order = pair
    if exists == (call.status == 404):
        return None
    if call.method == "DELETE" and (call.done or call.unknown):
        return None if has_order else (False, False)
    return pair


def _after_call_of_order(pair: Pair, call: Call, *, shown: bool) -> Pair | None:
    """The order that has the id may be another one, when an id is taken again."""
    exists, has_order = pair
    if call.method == "DELETE" and (call.done or call.unknown):
        return exists, False
    if call.status == 404 or call.done:
        return pair if has_order == shown else None
    return pair


def _refused_without_reason(calls: list[Call], of_order: dict[str, list[Call]]) -> Iterator[str]:
    """Deletions refused for orders of which there can have been none."""
    placings = [call for call in calls if call.method == "POST" and (call.done or call.unknown)]
    for refused in calls:
        if (refused.method, refused.kind, refused.status) != ("DELETE", "users", 409):
            continue
        if not any(_may_be_there(placing, of_order[str(placing.about)], refused) for placing in placings):
            yield f"there was no order for which to refuse: {refused}"


def _may_be_there(placing: Call, of_order: list[Call], at: Call) -> bool:
    if placing.unknown:
        return True
    return placing.began < at.ended and not any(
        call.method == "DELETE" and call.done and placing.ended < call.began and call.ended < at.began
        for call in of_order
    )
