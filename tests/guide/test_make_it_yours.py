"""The examples of docs/make-it-yours.md work in a copy of the project, and cost no more than the page says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guide.examples import Example, examples
from tests.mutations.listed import ROOT
from tests.mutations.runner import copy_project

PAGE = ROOT / "docs" / "make-it-yours.md"
BUDGETS = {"Add an entity": (20, 400), "Add a field": (4, 40)}
"""The most files and lines that somebody writes."""

CHECKS = (
    "ruff check --quiet .",
    "ruff format --check --quiet .",
    "mypy",
    "lint-imports",
    "pytest tests/http tests/contract tests/mutations tests/containers tests/unit -m 'not parallel'",
    "pytest tests/parity/test_corpus.py tests/deploy/test_templates.py tests/deploy/test_templates_permissions.py"
    " tests/deploy/test_manifests.py",
)


@pytest.mark.parametrize("section", BUDGETS)
def test_an_example_stays_within_its_budget(section: str) -> None:
    found = examples(PAGE, section)

    files, lines = len(found), sum(each.lines for each in found)
    print(f"{section}: {files} files, {lines} lines")
    assert (files, lines) <= BUDGETS[section]
