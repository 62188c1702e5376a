"""The whole comparison: every cell, every sequence, in several processes."""

import atexit
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Self

from parity.calls import CallSequence
from parity.cells import Cell
from parity.comparison import Comparison
from parity.differences import Difference
from parity.isolated_apps import IsolatedApps
from parity.stores import Servers

SEQUENCES_AT_ONCE: Final = 8
MOST_EXAMPLES: Final = 4
"""Differences that are made short and shown: it takes time, and most have the same cause."""


@dataclass(frozen=True)
class Finding:
    """What came of some sequences in a cell: how many answers were compared, how many differed, and one that did."""

    cell: Cell
    compared: int
    differences: int
    example: Difference | None


def findings(comparison: Comparison, cell: Cell, sequences: Sequence[CallSequence]) -> Finding:
    """Compare a cell with the reference."""
    found = [difference for sequence in sequences for difference in comparison.differences(cell, sequence)]
    compared = sum(len(sequence.calls) for sequence in sequences)
    return Finding(cell, compared, len(found), min(found, key=_calls_needed, default=None))


class ComparisonPool:
    """Processes that compare. Leave it by a `with` block."""

    def __init__(self, servers: Servers, directory: Path, processes: int) -> None:
        self._pool = ProcessPoolExecutor(
            processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(servers, directory)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def findings(self, cells: Sequence[Cell], sequences: Sequence[CallSequence]) -> Iterator[Finding]:
        """Compare all cells over all sequences, and yield what is found as it is found."""
        # The slowest first, so that no process is left with all of them at the end.
        slowest_first = sorted(cells, key=lambda cell: cell.store != "dynamodb")
        parts = [sequences[at : at + SEQUENCES_AT_ONCE] for at in range(0, len(sequences), SEQUENCES_AT_ONCE)]
        running = [self._pool.submit(_find, cell, part) for cell in slowest_first for part in parts]
        for each in as_completed(running):
            yield each.result()

    def examples(self, found: Sequence[Finding]) -> Iterator[Difference]:
        """A few of the differences that were found, each of another call, as short as they can be made."""
        by_call = {(each.sequence.name, each.call.label): each for each in _examples(found)}
        yield from self._pool.map(_shrink, sorted(by_call.values(), key=_calls_needed)[:MOST_EXAMPLES])


def _examples(found: Sequence[Finding]) -> list[Difference]:
    return [each.example for each in found if each.example]


def _calls_needed(difference: Difference) -> int:
    return len(difference.sequence.calls)


_comparison: Comparison
"""What a process of the pool keeps from one task to the next."""


def _begin(servers: Servers, directory: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the process that waits for this one
    global _comparison  # noqa: PLW0603  # the pool offers no other place
    apps = IsolatedApps(servers, directory)
    atexit.register(apps.close)
    _comparison = Comparison(apps.__enter__())


def _find(cell: Cell, sequences: Sequence[CallSequence]) -> Finding:
    return findings(_comparison, cell, sequences)


def _shrink(difference: Difference) -> Difference:
    return _comparison.shrunk(difference)
