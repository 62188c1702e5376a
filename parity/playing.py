"""Playing a sequence: one call after the other, each with facts from the answers before it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from parity.calls import Answer, Call, resolved

FIXED_TOKEN = "parity00"  # noqa: S105  # a word, not a secret
"""What `<<token>>` stands for in an app of its own."""


class Entrance(Protocol):
    """A way into the service."""

    def answer(self, call: Call) -> Answer:
        """What the service answers to the call."""


class Played(NamedTuple):
    """A call as it was sent, and its answer."""

    call: Call
    answer: Answer


def play(
    calls: Iterable[Call],
    entrance: Entrance,
    *,
    token: str = FIXED_TOKEN,
    deliver: Callable[[Call], Call] = lambda call: call,
) -> list[Played]:
    """Send the calls through an entrance. `deliver` is what happens to each on its way there."""
    answers: dict[str, Answer] = {}
    played = []
    for call in calls:
        sent = deliver(resolved(call, answers, token))
        answers[call.label] = entrance.answer(sent)
        played.append(Played(sent, answers[call.label]))
    return played
