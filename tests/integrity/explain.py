"""Whether answers that clients were given at the same time can be explained by one thing after the other."""

from collections.abc import Callable, Hashable, Iterable
from math import inf
from operator import attrgetter
from typing import TypeVar

from tests.integrity.history import Call

State = TypeVar("State", bound=Hashable)
Step = Callable[[State, Call], State | None]
"""What a call makes of a state; None where that state cannot have led to that answer."""

TRIES = 200_000


def unexplained(calls: Iterable[Call], state: State, step: Step[State]) -> Call | None:
    """The first call to end that no order of effects explains, or None if there is one that explains them all.

    Every call takes effect at one moment between its beginning and its end; one of unknown outcome at any moment after
    its beginning, or never. (Wing and Gong, 1993, with Lowe's memory of what was tried.)
    """
    tries = [(tuple(sorted(calls, key=attrgetter("began"))), state)]
    tried = set(tries)
    fewest = tries[0][0]
    for _ in range(TRIES):
        if not tries:
            return min((call for call in fewest if not call.unknown), key=attrgetter("ended"))
        left, now = tries.pop()
        if all(call.unknown for call in left):
            return None
        fewest = min(left, fewest, key=len)
        following = [move for move in _moves(left, now, step) if move not in tried]
        tried.update(following)
        tries.extend(following)
    raise AssertionError(f"undecided after {TRIES} tries: {fewest[0]}")


def _moves(left: tuple[Call, ...], now: State, step: Step[State]) -> list[tuple[tuple[Call, ...], State]]:
    """What may be next, the likeliest last: any call that began before all others had ended."""
    moves = []
    same = {now}
    horizon = inf
    for index, call in enumerate(left):
        if call.began > horizon:
            break
        if not call.unknown:
            horizon = min(horizon, call.ended)
        after = step(now, call)
        if after is None or (call.unknown and after in same):
            continue
        move = (*left[:index], *left[index + 1 :]), after
        if call.observes:
            return [move]  # it stands in nobody's way
        if call.unknown:
            same.add(after)  # of those without an end, one is as good as another that does the same
        moves.append((inf if call.unknown else call.ended, move))
    return [move for _, move in sorted(moves, key=lambda each: -each[0])]
