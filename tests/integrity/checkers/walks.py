"""Walking the pages gives every item that existed throughout exactly once, newest first, and none that did not."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

from tests.integrity.history import Call, History, Kept, Walk, label_of


@dataclass(frozen=True, slots=True)
class Life:
    """Of a user or an order: how it was made, when its deletion may have begun, and when that surely was over."""

    made: Call
    may_go: float
    is_gone: float


def faults(history: History, _kept: Kept) -> Iterator[str]:
    lives = _lives(history)
    for walk in history.walks:
        name = f"walk of client {walk.pages[0].client} over {walk.kind} {walk.pages[0].query}"
        yield from (f"{name}: {fault}" for fault in _faults(walk, lives))


def _lives(history: History) -> Mapping[str, Life]:
    """Every life by its label."""
    deletions: dict[str, list[Call]] = defaultdict(list)
    for call in history.calls:
        if call.method == "DELETE" and call.id and (call.done or call.unknown):
            deletions[call.id].append(call)
    return {call.label: _life(call, deletions[str(call.about)]) for call in history.calls if call.method == "POST"}


def _life(made: Call, deletions: list[Call]) -> Life:
    may_go = [call.began for call in deletions if call.unknown or call.ended > made.began]
    is_gone = [call.ended for call in deletions if call.done and made.done and call.began > made.ended]
    return Life(made, min(may_go, default=inf), min(is_gone, default=inf))


def _faults(walk: Walk, lives: Mapping[str, Life]) -> Iterator[str]:
    yield from (f"neither a page nor 503: {page}" for page in walk.pages if not (page.done or page.unknown))
    places = [(row["created_at"], row["id"].encode()) for row in walk.rows]
    if places != sorted(set(places), reverse=True):
        yield f"shown twice, or not newest first: {places}"
    if walk.whole:
        shown = {label_of(row) for row in walk.rows}
        yield from (
            f"left out: {life.made}" for label, life in lives.items() if label not in shown and _lasts(life, walk)
        )
    for page in walk.pages:
        for row in page.rows:
            life = lives.get(label_of(row))
            if life and not (life.made.began < page.ended and page.began < life.is_gone):
                yield f"shown when it was not there: {row}"
            if walk.user_id not in {None, row.get("user_id")}:
                yield f"of another user: {row}"


def _lasts(life: Life, walk: Walk) -> bool:
    """Whether it belongs to the list and was there from the walk's beginning to its end."""
    first, last = walk.pages[0], walk.pages[-1]
    belongs = life.made.kind == walk.kind and walk.user_id in {None, life.made.owner}
    return belongs and life.made.done and life.made.ended < first.began and last.ended < life.may_go
