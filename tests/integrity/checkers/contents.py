"""What was ever shown, and what is kept, is what somebody asked for, whole, and stays as it was acknowledged."""

from collections.abc import Iterator

from tests.integrity.history import History, Json, Kept, label_of

FIELDS = (
    {"id", "name", "email", "created_at"},
    {"id", "user_id", "product", "quantity", "status", "created_at"},
)


def faults(history: History, kept: Kept) -> Iterator[str]:
    yield from kept.contradictions
    asked = {call.label: call.body for call in history.calls if call.method == "POST"}
    lasting: dict[str, Json] = {}
    ids = [row["id"] for row in (*kept.users, *kept.orders)]
    if len(set(ids)) < len(ids):
        yield "an id is there twice"
    for row in _shown_and_kept(history, kept):
        label = label_of(row)
        if label not in asked:
            yield f"nobody asked for: {row}"
        elif _lasting(row | asked[label]) != _lasting(row) or set(row) not in FIELDS:
            yield f"not as asked: {asked[label]} is {row}"
        elif lasting.setdefault(label, _lasting(row)) != _lasting(row):
            yield f"altered: {lasting[label]} is now {row}"


def _shown_and_kept(history: History, kept: Kept) -> Iterator[Json]:
    for call in history.calls:
        yield from call.rows
    yield from kept.users
    yield from kept.orders


def _lasting(row: Json) -> Json:
    """All but what may change."""
    return {name: value for name, value in row.items() if name != "status"}
