"""Each promise as a question to a history: what in it, or in what was kept, cannot be if the promise was."""

from collections.abc import Callable, Iterator, Mapping

from tests.integrity.checkers import contents, emails, order_ids, owners, walks
from tests.integrity.history import History, Kept

Checker = Callable[[History, Kept], Iterator[str]]

CHECKERS: Mapping[str, Checker] = {
    "contents": contents.faults,
    "emails": emails.faults,
    "order ids": order_ids.faults,
    "owners": owners.faults,
    "walks": walks.faults,
}


def faults(history: History, kept: Kept) -> dict[str, list[str]]:
    """Every fault by the checker that found it."""
    found = {name: list(checker(history, kept)) for name, checker in CHECKERS.items()}
    return {name: listed for name, listed in found.items() if listed}


def in_words(faults: Mapping[str, list[str]]) -> str:
    """A line for each fault."""
    return "\n".join(f"{name}: {fault}" for name, listed in faults.items() for fault in listed)
