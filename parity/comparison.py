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
        """The same kind of difference with as few steps as can be found, each dropped in worlds of its own."""

        def found(calls: Sequence[Call]) -> Difference | None:
            fewer = replace(sequence, calls=calls)
            differing = _differing(cell, fewer, self._play_reference(cell, fewer), self._actual(cell, fewer))
            return next((each for each in differing if each.call.label == difference.call.label), None)

        cell = difference.cell
        labels = [call.label for call in sequence.calls]
        needed = sequence.calls[: labels.index(difference.call.label) + 1]
        steps = _fewest(needed, lambda calls: found(calls) is not None)
        return replace(found(steps) or difference, steps=steps)

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


def _fewest(calls: Sequence[Call], fails: Callable[[Sequence[Call]], bool]) -> Sequence[Call]:
    """Drop ever smaller stretches, never the last call, for as long as it still fails."""
    size = len(calls) // 2
    while size:
        start = 0
        while start < len(calls) - 1:
            fewer = [*calls[:start], *calls[min(start + size, len(calls) - 1) :]]
            if fails(fewer):
                calls = fewer
            else:
                start += size
        size //= 2
    return calls
