"""What a runtime loads before its first request, who loaded it, and what it may load: `imports.toml`."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUDGET = Path(__file__).with_name("imports.toml")
WATCHER = Path(__file__).with_name("import_watcher.py")
OURS = {"containers", "service"}


@dataclass(frozen=True)
class Start:
    """A runtime as it starts: its environment, and its groups of `imports.toml`."""

    environ: Mapping[str, str]
    groups: Sequence[str]

    @property
    def lock(self) -> Path:
        """What its image or ZIP installs."""
        return ROOT / "requirements" / ("lambda.txt" if "lambda" in self.groups else "service.txt")


@dataclass(frozen=True)
class Loaded:
    """Every module that a start has loaded, and the module that asked for it first."""

    importers: Mapping[str, str]

    @property
    def packages(self) -> set[str]:
        """The packages that count: those of others, and Python's own that nobody but us has asked for."""
        counted = {_top(name) for name, by in self.importers.items() if not _is_pythons_own(name) or _top(by) in OURS}
        return {package for package in counted if not package.startswith("_")} - OURS

    def chain(self, package: str) -> str:
        """How the package came to be loaded, from the entry point on."""
        found = [package]
        while (importer := self.importers.get(found[0])) is not None:
            found.insert(0, importer)
        return " -> ".join(found[1:] if found[0] == "__main__" else found)


def load(start: Start, directory: Path, *sources: Path) -> Loaded:
    """Start that runtime in a process of its own, from our sources, as if nothing was installed but what it locks."""
    is_function = "lambda" in start.groups
    told = {
        "locked": _locked(start.lock),
        "sources": [str(each) for each in (*sources, ROOT)],
        "entry_point": f"containers.entrypoints.{'aws_lambda' if is_function else 'cli'}",
        "serves": not is_function,
    }
    command = [sys.executable, "-I", str(WATCHER), json.dumps(told)]
    ended = subprocess.run(command, cwd=directory, env=dict(start.environ), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return Loaded(json.loads(ended.stdout))


def complaints(name: str, start: Start, loaded: Loaded) -> str:
    """What is to be done about a start that loads other packages than are written down; empty where it does not."""
    budget = tomllib.loads(BUDGET.read_text())
    listed = set(chain.from_iterable(budget[group] for group in start.groups))
    return "\n".join(_complaints(name, listed, set(budget["python"]), loaded))


def _complaints(name: str, listed: set[str], allowed: set[str], loaded: Loaded) -> Iterator[str]:
    surplus, gone = sorted(loaded.packages - listed - allowed), sorted(listed - loaded.packages)
    if surplus:
        yield f"{name} loads before its first request what is not written down:"
        yield from (f"    {package}, by {loaded.chain(package)}" for package in surplus)
        yield f"Remove an import of these chains, or write the package down in {BUDGET.name}, with the reason."
    if gone:
        yield f"{name} does not load {', '.join(gone)}: take that out of {BUDGET.name}, or out of its groups there."


def _top(name: str) -> str:
    return name.partition(".")[0]


def _is_pythons_own(name: str) -> bool:
    return _top(name) in sys.stdlib_module_names


def _locked(lock: Path) -> list[str]:
    return [line.partition("==")[0] for line in lock.read_text().splitlines() if line[:1].isalnum()]
