"""The examples of docs/make-it-yours.md work in a copy of the project, and cost no more than they should."""

import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.guide.examples import examples
from tests.mutations.listed import ROOT
from tests.mutations.runner import copy_project

PAGE = ROOT / "docs" / "make-it-yours.md"
CHECKS = ("ruff check --quiet .", "ruff format --check --quiet .", "mypy", "lint-imports", "pytest tests/mutations")


@dataclass(frozen=True)
class Guide:
    """An example, the most files and lines that somebody writes for it, and the tests that concern it."""

    section: str
    files: int
    lines: int
    tests: Sequence[str]


GUIDES = (
    Guide(
        "Add an entity",
        20,
        400,
        [
            "tests/http/test_products.py tests/http/test_openapi.py tests/http/test_pages_frame.py",
            "tests/contract tests/adapters/test_sqlite.py -k '(products and not moto) or migrat'",
            "tests/parity/test_corpus.py",
            "tests/auth/test_sign_in.py tests/runtimes/test_lambda_paths.py",
            "tests/deploy/test_templates.py",
            "tests/deploy/test_templates_permissions.py",
            "tests/deploy/test_command_rules.py tests/deploy/test_third_entity.py -k 'not added'",
        ],
    ),
    Guide(
        "Add a field",
        4,
        40,
        [
            "tests/http/test_users.py tests/http/test_openapi.py tests/http/test_pages_users.py",
            "tests/contract tests/adapters/test_sqlite.py -k '(users and not moto) or migrat'",
            "tests/parity/test_corpus.py",
        ],
    ),
)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.section)
def test_an_example_works_and_stays_within_its_budget(guide: Guide, tmp_path: Path) -> None:
    found = examples(PAGE, guide.section)
    files, lines = len(found), sum(each.lines for each in found)
    print(f"{guide.section}: {files} files, {lines} lines")  # noqa: T201  # `pytest -s` shows it
    assert files <= guide.files
    assert lines <= guide.lines

    copy_project(tmp_path)
    for example in found:
        example.apply(tmp_path)
    (tmp_path / "docs" / "openapi.json").write_text(run(tmp_path, "python -m service.http.openapi"))
    for check in (*CHECKS, *(f"pytest {tests}" for tests in guide.tests)):
        run(tmp_path, check)


def run(copy: Path, command: str) -> str:
    """Run a program of this environment in the copy, which must succeed, and return what it printed."""
    program, *arguments = shlex.split(command)
    if program == "pytest":
        arguments += ["-q", "-n0", "-p", "no:cacheprovider", "-p", "no:schemathesis", "--timeout=120"]
    environ = ("env", f"PYTHONPATH={copy}", "PYTHONDONTWRITEBYTECODE=1", f"MYPY_CACHE_DIR={ROOT / '.mypy_cache'}")
    script = str(Path(sys.executable).with_name(program))
    ended = subprocess.run([*environ, script, *arguments], cwd=copy, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{command}\n{ended.stdout[-6000:]}\n{ended.stderr[-2000:]}"
    return ended.stdout
