"""`python -m benchmarks`: measures, shows what it found, and writes it to docs/."""

import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import wrk
from benchmarks.bench import Bench, Measure
from benchmarks.costs import Cost
from benchmarks.environments import environment, find_interpreter
from benchmarks.processes import run
from benchmarks.programs import python
from benchmarks.ratios import Row
from benchmarks.recipes import RECIPES
from benchmarks.report import ROOT, markdown, summary, terminal, terminal_costs, write
from benchmarks.wrk import BenchError
from loopback.lambda_emulator import emulator
from parity.commit import commit

MEASURES: Final = (
    "cold_start",
    "warm",
    "authentication",
    "keys",
    "throughput",
    "postgresql",
    "dynamodb",
    "growth",
    "memory",
    "container_cost",
    "costs",
)
"""Modules of `benchmarks.measures`, in the order of the table."""

ALONE: Final = ("overload",)
"""Those that run only when they are asked for."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Fewer rounds, and sizes up to 100,000: about four minutes.")
@click.option(
    "--only",
    "chosen",
    type=click.Choice((*MEASURES, *ALONE)),
    multiple=True,
    help="Only this measure; nothing is written.",
)
@click.option("--docs", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "docs", help="Where to write.")
def main(quick: bool, chosen: Sequence[str], docs: Path) -> None:
    """Measure how fast it is beside what a user would choose instead.

    Everything runs on this machine, over loopback. Takes less than ten minutes; what else the machine does makes the
    spread wider, and where that lies on both sides of a goal, the goal is not decided.
    """
    console, began = Console(), time.monotonic()
    try:
        _check_tools()
        found = list(_found(chosen or MEASURES, quick=quick))
    except BenchError as problem:
        raise click.ClickException(str(problem)) from problem
    rows, costs = [each for each in found if isinstance(each, Row)], [each for each in found if isinstance(each, Cost)]
    if rows:
        console.print(terminal(rows))
        console.print(summary(rows), highlight=False, soft_wrap=True)
    if costs:
        console.print(terminal_costs(costs))
    if not chosen:
        size = "quick" if quick else "usual"
        write(docs, rows, costs, markdown(rows, costs, time.monotonic() - began, size, _versions()))
        data, picture = str(docs / "benchmarks.json"), str(docs / "benchmarks.png")
        code = f"from benchmarks.chart import draw; draw({data!r}, {picture!r})"
        run(python(code, environment("chart")), docs, {"MPLCONFIGDIR": str(ROOT / "var" / "matplotlib")})
        console.print(
            f"Written to {docs}: benchmarks.md, benchmarks.json, benchmarks.png, costs.json.", highlight=False
        )


def _found(measures: Sequence[str], *, quick: bool) -> Iterator[Row | Cost]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with (
        TemporaryDirectory(prefix="benchmarks-") as directory,
        Progress(*columns, console=Console(stderr=True)) as progress,
    ):
        bench = Bench(Path(directory), quick, progress)
        with bench.steps("environments", len(RECIPES)) as step:
            for name in RECIPES:
                environment(name)
                step()
        for name in measures:
            measure: Measure = import_module(f"benchmarks.measures.{name}").measure
            yield from measure(bench)


def _check_tools() -> None:
    missing = []
    if not wrk.found():
        missing.append("wrk (Debian and Ubuntu: apt-get install wrk; macOS: brew install wrk)")
    if emulator() is None:
        missing.append("Linux, for AWS's Lambda emulator")
    if missing:
        raise BenchError(f"To measure, this is needed: {', and '.join(missing)}.")


def _versions() -> Mapping[str, str]:
    """Of what was measured, as its own lock says."""
    locked = {name: recipe.locked for name, recipe in RECIPES.items()}
    libraries = {
        "ours_server": ("litestar", "uvicorn", "sqlalchemy", "asyncpg"),
        "fastapi_server": ("fastapi", "pydantic"),
        "ours_lambda": ("mangum", "boto3"),
        "powertools": ("aws-lambda-powertools",),
    }
    return {
        "commit": commit("service", "containers", "benchmarks"),
        "Python": find_interpreter().version,
        **{library: locked[name][library] for name, each in libraries.items() for library in each},
        "wrk": wrk.version(),
        "machine": f"{os.cpu_count()} CPUs, {platform.machine()}",
    }


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
