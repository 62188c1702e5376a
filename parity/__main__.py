"""`python -m parity`: makes the certificate, shows it, and writes it to docs/ and the README."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from containers.store_table import STORES
from parity.cells import CELLS, RUNTIMES_BEHIND, Cell
from parity.certificate import Finding, certify
from parity.corpus import corpus
from parity.differences import told
from parity.report import certificate, summary, terminal_matrix, write
from parity.servers import servers_for

SEED: Final = 1
SEQUENCES: Final = 60
QUICK_SEQUENCES: Final = 4
MOST_EXAMPLES: Final = 10

_RUNTIMES = sorted({runtime for runtimes in RUNTIMES_BEHIND.values() for runtime in runtimes})


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True, help="Of the random sequences.")
@click.option("--sequences", type=click.IntRange(min=0), default=SEQUENCES, show_default=True, help="How many of them.")
@click.option("--quick", is_flag=True, help=f"Only {QUICK_SEQUENCES} random sequences beside the story.")
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
    size = QUICK_SEQUENCES if quick else sequences
    cells = [
        cell
        for cell in CELLS
        if cell.entrance in (entrances or RUNTIMES_BEHIND)
        and cell.runtime in (runtimes or _RUNTIMES)
        and cell.store in (stores or STORES)
    ]
    began = time.monotonic()
    found = _found(cells, seed, size, processes)
    certified = certificate(cells, found, time.monotonic() - began, f"seed {seed} with {size} sequences")

    console = Console()
    examples = [each.example for each in found if each.example]
    for example in sorted(examples, key=lambda example: len(example.steps))[:MOST_EXAMPLES]:
        console.print("\n".join(told(example)), markup=False, highlight=False, soft_wrap=True)
    console.print(terminal_matrix(certified))
    console.print(f"{summary(certified)} ({certified['seconds']} s)", highlight=False)
    if cells == CELLS and size >= SEQUENCES:
        write(certified)
        console.print("Written to docs/parity.md, docs/parity.json and README.md.", highlight=False)
    sys.exit(1 if certified["differences"] else 0)


def _found(cells: Sequence[Cell], seed: int, size: int, processes: int) -> list[Finding]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    found = []
    with TemporaryDirectory() as name, Progress(*columns, console=Console(stderr=True)) as progress:
        preparing = progress.add_task("corpus and servers", total=None)
        sequences = corpus(seed, size)
        with servers_for(cells, Path(name)) as servers:
            progress.remove_task(preparing)
            calls = sum(len(each.calls) for each in sequences)
            comparing = progress.add_task("answers compared", total=calls * len(cells))
            for finding in certify(cells, sequences, servers, Path(name), processes):
                found.append(finding)
                progress.advance(comparing, finding.compared)
    return found


if __name__ == "__main__":
    main(prog_name="python -m parity")
