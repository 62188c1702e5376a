"""The certificate as data, and as a matrix in Markdown and in the terminal."""

import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from parity.allowed import ALLOWED
from parity.cells import REFERENCE, TITLES, Cell
from parity.certificate import Finding
from parity.commit import commit, trees
from parity.live.allowed import LIVE_ALLOWED

Json = Mapping[str, Any]

LIBRARIES: Final = ("shapeshift", "litestar", "mangum", "uvicorn", "sqlalchemy", "boto3", "ministack", "hypothesis")
SOURCES: Final = ("service", "containers", "parity", "loopback")
"""The folders that the answers depend on."""
BEGINNING: Final = "<!-- parity: written by make parity -->"
END: Final = "<!-- parity: end -->"

_ROOT: Final = Path(__file__).parents[1]


def certificate(cells: Sequence[Cell], found: Sequence[Finding], seconds: float, corpus: str) -> dict[str, Any]:
    """What has been found, as it is written to docs/parity.json."""
    rows = [
        {
            "entrance": cell.entrance,
            "runtime": cell.runtime,
            "store": cell.store,
            "compared": sum(each.compared for each in found if each.cell == cell),
            "differences": sum(each.differences for each in found if each.cell == cell),
        }
        for cell in cells
    ]
    return {
        "commit": commit(*SOURCES),
        "trees": trees(*SOURCES),
        "versions": {
            "corpus": corpus,
            "python": platform.python_version(),
            **{library: version(library) for library in LIBRARIES},
        },
        "seconds": round(seconds, 1),
        "compared": sum(row["compared"] for row in rows),
        "differences": sum(row["differences"] for row in rows),
        "cells": rows,
        "allowed": [{"what": each.what, "why": each.why} for each in ALLOWED],
    }


def matrix(certified: Json) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of the matrix: entrance and runtime by store."""
    cells = {(each["entrance"], each["runtime"], each["store"]): each for each in certified["cells"]}
    stores = list(dict.fromkeys(store for _, _, store in cells))
    sides = list(dict.fromkeys((entrance, runtime) for entrance, runtime, _ in cells))
    rows = [
        [TITLES[entrance], runtime, *(_shown(cells.get((entrance, runtime, store))) for store in stores)]
        for entrance, runtime in sides
    ]
    return ["entrance", "runtime", *stores], rows


def markdown_matrix(certified: Json) -> str:
    """The matrix as a table in Markdown."""
    header, rows = matrix(certified)
    ruler = ["---", "---", *("---:" for _ in header[2:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, ruler, *rows))


def terminal_matrix(certified: Json) -> Table:
    """The matrix as a table in the terminal."""
    header, rows = matrix(certified)
    table = Table(title="answers compared, and how many differ", title_justify="left")
    for at, name in enumerate(header):
        table.add_column(name, justify="left" if at < len(("entrance", "runtime")) else "right")
    for row in rows:
        table.add_row(*(f"[red]{cell}[/red]" if "differ" in cell else cell for cell in row))
    return table


def summary(certified: Json) -> str:
    """The certificate in a sentence."""
    return (
        f"{certified['compared']:,} answers compared with those of {REFERENCE}, "
        f"{certified['differences']:,} of which differ."
    )


def markdown(certified: Json) -> str:
    """The certificate as docs/parity.md shows it."""
    return _PAGE.format(
        summary=summary(certified),
        matrix=markdown_matrix(certified),
        allowed="\n".join(f"| {each['what']} | {each['why']} |" for each in certified["allowed"]),
        live="\n".join(f"| {each.what} | {each.why} |" for each in LIVE_ALLOWED),
        commit=certified["commit"],
        seconds=certified["seconds"],
        versions=", ".join(f"{name} {number}" for name, number in certified["versions"].items()),
    )


def readme(text: str, certified: Json) -> str:
    """The README's text with the matrix between its two comments."""
    before, _, rest = text.partition(BEGINNING)
    _, _, after = rest.partition(END)
    return f"{before}{BEGINNING}\n\n{markdown_matrix(certified)}\n\n{END}{after}"


def write(certified: Json) -> None:
    """Write the certificate to docs/ and to the README."""
    docs, readme_file = _ROOT / "docs", _ROOT / "README.md"
    (docs / "parity.json").write_text(json.dumps(certified, indent=2) + "\n")
    (docs / "parity.md").write_text(markdown(certified))
    readme_file.write_text(readme(readme_file.read_text(), certified))


def _shown(cell: Json | None) -> str:
    if cell is None:
        return ""
    if cell["differences"]:
        return f"{cell['differences']:,} of {cell['compared']:,} differ"
    return f"{cell['compared']:,} ✓"


_PAGE: Final = """\
# The parity certificate

{summary}

One corpus of requests (scripted scenarios of every operation and failure, one of a service with authentication, and
seeded random sequences) is played through each entrance to each runtime over each store. Status, headers, body bytes
and what the access log says of every answer are compared with the reference's; its own cell is a second run of
itself. `make parity` writes this page.

{matrix}

## What is allowed to differ

| what | why |
|---|---|
{allowed}

## What is allowed between live services

`shapeshift-parity URL URL` plays the corpus against two services that run somewhere. There may also differ:

| what | why |
|---|---|
{live}

## The run

Commit {commit}, {seconds} seconds, {versions}.
"""
