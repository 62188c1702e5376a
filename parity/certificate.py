"""The whole comparison: every cell, every sequence, in several processes."""

import atexit
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from parity.calls import CallSequence
from parity.cells import Cell
from parity.comparison import Comparison
from parity.differences import Difference
from parity.stores import Servers
from parity.worlds import Worlds

SEQUENCES_AT_ONCE: Final = 8


@dataclass(frozen=True)
class Finding:
    """What came of some sequences in a cell: how many answers were compared, how many differed, and one of these."""

    cell: Cell
    compared: int
    differences: int
    example: Difference | None


def findings(comparison: Comparison, cell: Cell, sequences: Sequence[CallSequence]) -> Finding:
    """Compare a cell with the reference. The example is as short as it can be made."""
    compared, found, example = 0, 0, None
    for sequence in sequences:
        differences = comparison.differences(cell, sequence)
        compared += len(sequence.calls)
        found += len(differences)
        if differences and example is None:
            example = comparison.shrunk(differences[0], sequence)
    return Finding(cell, compared, found, example)


def certify(
    cells: Sequence[Cell], sequences: Sequence[CallSequence], servers: Servers, directory: Path, processes: int
) -> Iterator[Finding]:
    """Compare all cells over all sequences, and yield what is found as it is found."""
    # The slowest first, so that no process is left with all of them in the end.
    slowest_first = sorted(cells, key=lambda cell: cell.store != "dynamodb")
    parts = [sequences[at : at + SEQUENCES_AT_ONCE] for at in range(0, len(sequences), SEQUENCES_AT_ONCE)]
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(servers, directory)
    ) as pool:
        running = [pool.submit(_find, cell, part) for cell in slowest_first for part in parts]
        try:
            for each in as_completed(running):
                yield each.result()
        finally:
            pool.shutdown(cancel_futures=True)


_comparison: Comparison
"""What a process of the pool keeps from one call to the next."""


def _begin(servers: Servers, directory: Path) -> None:
    global _comparison  # noqa: PLW0603  # the pool offers no other place
    worlds = Worlds(servers, directory)
    atexit.register(worlds.close)
    _comparison = Comparison(worlds.__enter__())


def _find(cell: Cell, sequences: Sequence[CallSequence]) -> Finding:
    return findings(_comparison, cell, sequences)
