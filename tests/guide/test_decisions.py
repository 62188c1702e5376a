"""The decisions have the form that CONTRIBUTING asks for, and are listed."""

import re
from pathlib import Path

import pytest

from tests.mutations.listed import ROOT

DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
SECTIONS = ["Context", "Decision", "Alternatives", "Consequences"]


def title(path: Path) -> str:
    return path.read_text().partition("\n")[0].partition(". ")[2]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_status_and_sections(path: Path) -> None:
    text = path.read_text()

    assert re.match(rf"# {int(path.name[:4])}\. .+\n\nStatus: accepted", text)
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [section for section in sections if section in SECTIONS] == SECTIONS


def test_the_index_has_each_decision_with_its_title() -> None:
    rows = [f"| [{int(path.name[:4])}]({path.name}) | {title(path)} |" for path in DECISIONS]

    assert (ROOT / "docs" / "adr" / "README.md").read_text() == "\n".join(
        ["# Decisions", "", "| # | decision |", "|---|---|", *rows, ""]
    )
