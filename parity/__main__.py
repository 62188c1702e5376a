"""`python -m parity`: makes the certificate, shows it, and writes it to docs/ and the README."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from containers.store_table import STORES
from loopback.scratch import scratch_directory
from parity.calls import CallSequence
from parity.cells import CELLS, RUNTIMES_BEHIND, Cell
from parity.certificate import ComparisonPool, Finding
from parity.corpus import authenticated, corpus
from parity.differences import Difference, described
from parity.report import certificate, summary, terminal_matrix, write
from parity.servers import servers_for

SEED: Final = 1
SEQUENCES: Final = 12
QUICK_SEQUENCES: Final = 4

_RUNTIMES = sorted({runtime for runtimes in RUNTIMES_BEHIND.values() for runtime in runtimes})


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True, help="Of the random sequences.")
@click.option("--sequences", type=click.IntRange(min=0), default=SEQUENCES, show_default=True, help="How many of them.")
@click.option("--quick", is_flag=True, help=f"Only {QUICK_SEQUENCES} random sequences beside the scenarios.")
@click.option("--entrance", "entrances", type=click.Choice([*RUNTIMES_BEHIND]), multiple=True, help="Only this one.")
@click.option("--runtime", "runtimes", type=click.Choice(_RUNTIMES), multiple=True, help="Only this one.")
@click.option("--store", "stores", type=click.Choice(STORES), multiple=True, help="Only this one.")
@click.option("--processes", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default="one per CPU")
def main(
    seed: int,
    sequences: int,
    quick: bool,
    entrances: Sequence[str],
    runtimes: Sequence[str],
    stores: Sequence[str],
    processes: int,
) -> None:
    """Prove that the service answers the same through every entrance, on every runtime, over every store.

    A run over everything with the usual corpus or a larger one is written to docs/parity.md, docs/parity.json and the
    README; any other is only shown. Exits with status 1 if anything differs.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers and processes are ended, too
    size = QUICK_SEQUENCES if quick else sequences
    cells = [
        cell
        for cell in CELLS
        if cell.entrance in (entrances or RUNTIMES_BEHIND)
        and cell.runtime in (runtimes or _RUNTIMES)
        and cell.store in (stores or STORES)
    ]
    console, began = Console(), time.monotonic()
    found = []
    for each in _findings(cells, [authenticated(), *corpus(seed, size)], processes):
        if isinstance(each, Finding):
            found.append(each)
        else:
            console.print("\n".join(described(each)), markup=False, highlight=False, soft_wrap=True)
    certified = certificate(cells, found, time.monotonic() - began, f"seed {seed} with {size} sequences")
    console.print(terminal_matrix(certified))
    console.print(f"{summary(certified)} ({certified['seconds']} s)", highlight=False, soft_wrap=True)
    if cells == CELLS and size >= SEQUENCES:
        write(certified)
        console.print("Written to docs/parity.md, docs/parity.json and README.md.", highlight=False)
    sys.exit(1 if certified["differences"] else 0)


def _findings(
    cells: Sequence[Cell], sequences: Sequence[CallSequence], processes: int
) -> Iterator[Finding | Difference]:
    """What is found, with a progress bar, and then the examples."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    calls = sum(len(each.calls) for each in sequences)
    found = []
    with (
        TemporaryDirectory() as name,
        scratch_directory("parity-") as files,
        Progress(*columns, console=Console(stderr=True)) as progress,
        servers_for(cells, Path(name)) as servers,
        ComparisonPool(servers, files, processes) as pool,
    ):
        comparing = progress.add_task("answers compared", total=calls * len(cells))
        for finding in pool.findings(cells, sequences):
            found.append(finding)
            progress.advance(comparing, finding.compared)
            yield finding
        if any(each.example for each in found):
            progress.add_task("making examples short", total=None)
            yield from pool.examples(found)


if __name__ == "__main__":
    main(prog_name="python -m parity")
