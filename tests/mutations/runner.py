"""Applies mutations to copies of the project, one at a time in each copy, and runs the tests that must notice them."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from tests.mutations.listed import ROOT, Mutation

TEST_SECONDS: Final = 30
"""How long one test may take: a mutation may make it wait for ever. Then it fails, so the mutation is caught."""

MOST_SECONDS: Final = 180
"""How long the tests of one mutation may take together."""

# Loading schemathesis takes as long as most of the tests that are run.
_OPTIONS: Final = (
    "-x", "-q", "--tb=no", "-n0", f"--timeout={TEST_SECONDS}", "-p", "no:cacheprovider", "-p", "no:schemathesis",
)  # fmt: skip
_PASSED: Final = 0
_FAILED: Final = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tests said. `caught` is true if a test failed; `told` names the test, or says why none did."""

    caught: bool
    told: str


def copy_project(target: Path) -> None:
    """Copy the files that git tracks or would track. The mutations never touch the checkout itself."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


class Runner:
    """Runs tests in copies of the project: as many at the same time as there are copies."""

    def __init__(self, copies: Iterable[Path]) -> None:
        self._copies: SimpleQueue[Path] = SimpleQueue()
        self._size = 0
        for copy in copies:
            copy_project(copy)
            self._copies.put(copy)
            self._size += 1

    def check_selections(self, selections: Iterable[str]) -> Iterator[tuple[str, Outcome]]:
        """Run the tests without any mutation: they must pass, or they would catch everything."""
        with ThreadPoolExecutor(self._size) as threads:
            each = list(selections)
            yield from zip(each, threads.map(lambda tests: self._run(None, tests), each), strict=True)

    def try_mutations(self, mutations: Iterable[Mutation]) -> Iterator[tuple[Mutation, Outcome]]:
        """What the tests say of each mutation, in the order of the list."""
        with ThreadPoolExecutor(self._size) as threads:
            each = list(mutations)
            yield from zip(each, threads.map(lambda mutation: self._run(mutation, mutation.tests), each), strict=True)

    def _run(self, mutation: Mutation | None, tests: str) -> Outcome:
        copy = self._copies.get()
        try:
            if mutation is None:
                return _run_tests(copy, tests)
            module = copy / mutation.module
            source = module.read_text()
            module.write_text(mutation.applied_to(source))
            try:
                return _run_tests(copy, tests)
            finally:
                module.write_text(source)
        finally:
            self._copies.put(copy)


def _run_tests(copy: Path, tests: str) -> Outcome:
    # Without bytecode: two versions of a module may be written within the resolution of a file's time.
    environ = ("env", f"PYTHONPATH={copy}", "PYTHONDONTWRITEBYTECODE=1")
    command = [*environ, sys.executable, "-m", "pytest", *_OPTIONS, *shlex.split(tests)]
    try:
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Outcome(caught=False, told=f"the tests took more than {MOST_SECONDS} seconds")
    if done.returncode == _FAILED:
        failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", done.stdout, re.MULTILINE)
        return Outcome(caught=True, told=failed[1] if failed else "a test that pytest did not name")
    if done.returncode == _PASSED:
        return Outcome(caught=False, told="all tests passed")
    return Outcome(caught=False, told=f"pytest ended with status {done.returncode}: {_last_line(done)}")


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    return next((line for line in reversed((done.stdout + done.stderr).splitlines()) if line.strip()), "")
