"""Two plays of a sequence, held against each other: what differs, and the shortest way to see it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from parity.allowed import as_received, normalised
from parity.calls import Call, CallSequence
from parity.cells import REFERENCE, Cell
from parity.differences import Difference
from parity.isolated_apps import IsolatedApps
from parity.playing import Played, play
from service.http.problems import UNAVAILABLE

ATTEMPTS: Final = 3


class Comparison:
    """Compares cells with the reference, of which it remembers what it answered."""

    def __init__(self, apps: IsolatedApps) -> None:
        self._apps = apps
        self._expected: dict[tuple[str, str], list[Played]] = {}

    def differences(self, cell: Cell, sequence: CallSequence) -> list[Difference]:
        """Every call of the sequence that the cell answers in another way."""
        return list(_differing(cell, sequence, self._reference(cell, sequence), self._actual(cell, sequence)))

    def shrunk(self, difference: Difference) -> Difference:
        """A difference of the same cell with as few calls as can be found, each dropped in apps of its own."""
        cell, sequence = difference.cell, difference.sequence
        size = len(sequence.calls) // 2
        while size:
            start, dropped = 0, False
            while start < len(difference.sequence.calls):
                calls = difference.sequence.calls
                found = self._first(cell, replace(sequence, calls=[*calls[:start], *calls[start + size :]]))
                if found:
                    difference, dropped = found, True
                else:
                    start += size
            size = size if dropped and size == 1 else size // 2
        return difference

    def _first(self, cell: Cell, sequence: CallSequence) -> Difference | None:
        expected, actual = self._play_reference(cell, sequence), self._actual(cell, sequence)
        return next(_differing(cell, sequence, expected, actual), None)

    def _reference(self, cell: Cell, sequence: CallSequence) -> list[Played]:
        whole = all(as_received(cell, call) == call for call in sequence.calls)
        key = sequence.name, "" if whole else cell.entrance
        if key not in self._expected:
            self._expected[key] = self._play_reference(cell, sequence)
        return self._expected[key]

    def _play_reference(self, cell: Cell, sequence: CallSequence) -> list[Played]:
        return self._in_time(REFERENCE, sequence, lambda call: as_received(cell, call))

    def _actual(self, cell: Cell, sequence: CallSequence) -> list[Played]:
        return self._in_time(cell, sequence, lambda call: call)

    def _in_time(self, cell: Cell, sequence: CallSequence, deliver: Callable[[Call], Call]) -> list[Played]:
        """What was played, in another app if this one was too slow for the service's deadline."""
        for _ in range(ATTEMPTS):
            with self._apps.open(cell, sequence.trusted_hops, **sequence.settings) as entrance:
                played = play(sequence.calls, entrance, deliver=deliver)
            if all(each.answer.status != UNAVAILABLE.status for each in played):
                break
        return played


def _differing(
    cell: Cell, sequence: CallSequence, expected: Sequence[Played], actual: Sequence[Played]
) -> Iterator[Difference]:
    for number, ((call, wanted), (sent, got)) in enumerate(zip(expected, actual, strict=True), 1):
        if normalised(REFERENCE, call, wanted) != normalised(cell, call, got):
            yield Difference(cell, replace(sequence, calls=sequence.calls[:number]), sent, wanted, got)
