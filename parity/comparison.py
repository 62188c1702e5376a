"""Two plays of a sequence, held against each other: what differs, and the shortest way to see it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from parity.allowed import delivered, steadied
from parity.calls import Call, CallSequence
from parity.cells import REFERENCE, Cell
from parity.differences import Difference
from parity.playing import Played, play
from parity.worlds import Worlds


class Comparison:
    """Compares cells with the reference, of which it remembers what it answered."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._expected: dict[tuple[str, str], list[Played]] = {}

    def differences(self, cell: Cell, sequence: CallSequence) -> list[Difference]:
        """Every call of the sequence that the cell answers in another way."""
        return list(_differing(cell, sequence, self._reference(cell, sequence), self._actual(cell, sequence)))

    def shrunk(self, difference: Difference, sequence: CallSequence) -> Difference:
        """A difference of the same cell with as few steps as can be found, each dropped in worlds of its own."""

        def first(calls: Sequence[Call]) -> Difference | None:
            fewer = replace(sequence, calls=calls)
            expected, actual = self._play_reference(cell, fewer), self._actual(cell, fewer)
            return next(_differing(cell, fewer, expected, actual), None)

        cell = difference.cell
        steps = _fewest(_until(difference, sequence.calls), first)
        return replace(first(steps) or difference, steps=steps)

    def _reference(self, cell: Cell, sequence: CallSequence) -> list[Played]:
        whole = all(delivered(cell, call) == call for call in sequence.calls)
        key = sequence.name, "" if whole else cell.entrance
        if key not in self._expected:
            self._expected[key] = self._play_reference(cell, sequence)
        return self._expected[key]

    def _play_reference(self, cell: Cell, sequence: CallSequence) -> list[Played]:
        with self._worlds.open(REFERENCE, sequence.trusted_hops) as entrance:
            return play(sequence.calls, entrance, deliver=lambda call: delivered(cell, call))

    def _actual(self, cell: Cell, sequence: CallSequence) -> list[Played]:
        with self._worlds.open(cell, sequence.trusted_hops) as entrance:
            return play(sequence.calls, entrance)


def _differing(
    cell: Cell, sequence: CallSequence, expected: Sequence[Played], actual: Sequence[Played]
) -> Iterator[Difference]:
    for (call, wanted), (sent, got) in zip(expected, actual, strict=True):
        if steadied(REFERENCE, call, wanted) != steadied(cell, call, got):
            yield Difference(cell, sequence.name, sent, wanted, got)


def _until(difference: Difference, calls: Sequence[Call]) -> Sequence[Call]:
    labels = [call.label for call in calls]
    return calls[: labels.index(difference.call.label) + 1]


def _fewest(calls: Sequence[Call], first: Callable[[Sequence[Call]], Difference | None]) -> Sequence[Call]:
    """Drop ever smaller stretches, and all after the first difference, until no call can be missed."""
    size = len(calls) // 2
    while size:
        start, dropped = 0, False
        while start < len(calls):
            fewer = [*calls[:start], *calls[start + size :]]
            found = first(fewer) if fewer else None
            if found:
                calls, dropped = _until(found, fewer), True
            else:
                start += size
        size = size if dropped and size == 1 else size // 2
    return calls
