"""The service answers the same through every entrance, on every runtime, over every store: a short run of the proof."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from containers.runtimes import RUNTIMES
from containers.store_table import STORES
from loopback.platforms import PLATFORMS
from parity.cells import CELLS, RUNTIMES_BEHIND, Cell
from parity.certificate import Finding, findings
from parity.commit import trees
from parity.comparison import Comparison
from parity.corpus import authenticated, corpus
from parity.differences import described
from parity.isolated_apps import IsolatedApps
from parity.report import BEGINNING, END, SOURCES, certificate, markdown, markdown_matrix, matrix, readme
from parity.servers import servers_for
from parity.stores import FRESH

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comparison]:
    directory = tmp_path_factory.mktemp("parity")
    with servers_for(CELLS, directory) as servers, IsolatedApps(servers, directory) as apps:
        yield Comparison(apps)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_cell_answers_as_the_reference_does(cell: Cell, comparison: Comparison) -> None:
    scripted, random = corpus(1, 1)

    finding = findings(comparison, cell, [scripted, authenticated(), random] if cell.store == "memory" else [random])

    assert finding.differences == 0, "\n".join(described(finding.example)) if finding.example else ""
    assert finding.compared > 20


def test_every_runtime_and_every_store_of_the_service_is_compared() -> None:
    assert {cell.runtime for cell in CELLS} == set(RUNTIMES) == set(PLATFORMS)
    assert {cell.store for cell in CELLS} == set(STORES) <= set(FRESH)
    assert len(CELLS) == len(STORES) * sum(len(runtimes) for runtimes in RUNTIMES_BEHIND.values())


FOUND = [Finding(CELLS[0], 1000, 0, None), Finding(CELLS[0], 500, 0, None), Finding(CELLS[1], 1000, 2, None)]


def test_a_certificate_adds_up_what_was_found() -> None:
    certified = certificate(CELLS[:2], FOUND, 1.25, "a corpus")

    assert (certified["compared"], certified["differences"], certified["seconds"]) == (2500, 2, 1.2)
    assert [(each["compared"], each["differences"]) for each in certified["cells"]] == [(1500, 0), (1000, 2)]
    assert set(certified) == {"commit", "trees", "versions", "seconds", "compared", "differences", "cells", "allowed"}


def test_the_matrix_shows_where_answers_differ() -> None:
    header, rows = matrix(certificate(CELLS[:2], FOUND, 1.0, "a corpus"))

    assert header == ["entrance", "runtime", "memory"]
    assert rows == [["uvicorn", "local", "1,500 ✓"], ["uvicorn", "ecs", "2 of 1,000 differ"]]


def test_the_readme_keeps_what_stands_around_the_matrix() -> None:
    certified = certificate(CELLS[:2], FOUND, 1.0, "a corpus")

    text = readme(f"before\n{BEGINNING}\nold\n{END}\nafter\n", certified)

    assert text == f"before\n{BEGINNING}\n\n{markdown_matrix(certified)}\n\n{END}\nafter\n"


def test_the_committed_certificate_covers_every_cell_without_a_difference() -> None:
    certified = json.loads((ROOT / "docs/parity.json").read_text())

    assert [Cell(each["entrance"], each["runtime"], each["store"]) for each in certified["cells"]] == CELLS
    assert certified["compared"] == sum(each["compared"] for each in certified["cells"]) >= 20_000
    assert certified["differences"] == 0
    assert re.fullmatch("[0-9a-f]{12}", certified["commit"])


def test_the_committed_certificate_is_of_the_committed_sources() -> None:
    committed = trees(*SOURCES)
    if not committed:
        pytest.skip("this is no git checkout")

    certified = json.loads((ROOT / "docs/parity.json").read_text())["trees"]

    changed = [source for source in SOURCES if certified.get(source) != committed[source]]
    assert not changed, f"docs/parity.json is out of date, since {', '.join(changed)} changed: run `make parity`"


def test_readme_and_page_show_the_committed_certificate() -> None:
    certified = json.loads((ROOT / "docs/parity.json").read_text())
    shown = (ROOT / "README.md").read_text()

    assert readme(shown, certified) == shown
    assert (ROOT / "docs/parity.md").read_text() == markdown(certified)
