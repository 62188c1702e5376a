"""An id belongs to one order until that is deleted; the order keeps its content, and once completed stays so."""

from collections import defaultdict
from collections.abc import Iterator

from tests.integrity.explain import unexplained
from tests.integrity.history import Call, History, Json, Kept

Order = tuple[str, str]
"""Its product, which no other has, and its status."""

NONE: Order = "", ""


def faults(history: History, kept: Kept) -> Iterator[str]:
    calls: dict[str, list[Call]] = defaultdict(list)
    for call in history.of("orders"):
        if call.about:
            calls[call.about].append(call)
    for id, about in calls.items():
        last = history.kept("orders", [order for order in kept.orders if order["id"] == id])
        if found := unexplained([*about, last], NONE, _next_order):
            yield f"whatever order {id} was, this cannot be: {found}"


def _next_order(order: Order, call: Call) -> Order | None:
    if call.status == 404:
        return order if order == NONE else None
    match call.method:
        case "KEPT":
            return order if [_seen(row) for row in call.answer] == ([order] if order != NONE else []) else None
        case "POST":
            return _after_placing(order, call)
        case "PATCH":
            return _after_change(order, call)
        case "DELETE":
            return NONE if order != NONE and (call.done or call.unknown) else None
        case "GET":
            return order if call.unknown or (call.done and _seen(call.answer) == order) else None


def _after_placing(order: Order, call: Call) -> Order | None:
    if call.done or call.unknown:
        return (call.label, call.body.get("status", "pending")) if order == NONE else None
    if call.status == 409:
        return order if order != NONE else None
    return order if call.status == 422 else None  # it is the owner that was missing


def _after_change(order: Order, call: Call) -> Order | None:
    product, status = order
    wanted = call.body["status"]
    allowed = order != NONE and wanted in {status, "completed"}
    if call.status == 409:
        return order if order != NONE and not allowed else None
    if not allowed or not (call.unknown or (call.done and _seen(call.answer) == (product, wanted))):
        return None
    return product, wanted


def _seen(row: Json) -> Order:
    return row["product"], row["status"]
