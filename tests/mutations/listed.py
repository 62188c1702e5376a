"""The committed list of mutations: small faults in `service/`, each of which a test must notice."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
LISTS: Final = Path(__file__).parent / "lists"


@dataclass(frozen=True, slots=True)
class Mutation:
    """One fault: `old` occurs once in the module, and is replaced by `new`; pytest runs `tests`, which must fail."""

    module: str
    old: str
    new: str
    tests: str

    def __str__(self) -> str:
        return f"{self.module}: {_one_line(self.old)!r} -> {_one_line(self.new)!r}"

    def applied_to(self, source: str) -> str:
        """The module's source with the fault in it. Raises ValueError where `old` does not occur exactly once."""
        found = source.count(self.old)
        if found != 1:
            raise ValueError(f"occurs {found} times in {self.module}: {self.old!r}")
        return source.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class MutationList:
    """All mutations, and the modules that have fewer than the others, each with the reason."""

    mutations: tuple[Mutation, ...]
    fewer: dict[str, str]


def read_lists(paths: Iterable[Path] | None = None) -> MutationList:
    """The content of the files in `lists/`: a table for each module, with the tests that must notice its mutations.

    A mutation is the text that is replaced and its replacement, and may name tests of its own.
    """
    mutations: list[Mutation] = []
    fewer: dict[str, str] = {}
    for path in sorted(LISTS.glob("*.toml")) if paths is None else paths:
        content: dict[str, Any] = tomllib.loads(path.read_text())
        fewer |= content.pop("fewer", {})
        for module, listed in content.items():
            for old, new, *tests in listed["mutations"]:
                mutations.append(Mutation(module, old, new, tests[0] if tests else listed["tests"]))
    return MutationList(tuple(mutations), fewer)


def _one_line(text: str, most: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"
