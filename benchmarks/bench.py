"""What every measure is given: a place for its files, how thorough it is to be, and a bar that shows how far it is."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

from rich.progress import Progress

from benchmarks.costs import Cost
from benchmarks.ratios import Row, alternate

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bench:
    """One run of the benchmark."""

    directory: Path
    quick: bool
    progress: Progress

    def pick(self, usual: int, quick: int) -> int:
        """A size: the one of a usual run, or of a quick one."""
        return quick if self.quick else usual

    def place(self, name: str) -> Path:
        """A new directory."""
        return Path(mkdtemp(prefix=f"{name}-", dir=self.directory))

    def alternate(self, title: str, probes: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
        """Measure each subject once a round, under a bar."""
        with self.steps(title, rounds * len(probes)) as step:
            return alternate(probes, rounds, step)

    @contextmanager
    def steps(self, title: str, total: int) -> Iterator[Callable[[], None]]:
        """A bar that advances by one with each call of what is yielded; where there is no terminal, a line."""
        if not self.progress.console.is_terminal:
            self.progress.console.print(title, highlight=False)
        task = self.progress.add_task(title, total=total)
        yield lambda: self.progress.advance(task)
        self.progress.update(task, completed=total)


Measure = Callable[[Bench], Iterator[Row | Cost]]
"""Measures, and yields the rows of the table that it is about, or what requests cost."""
