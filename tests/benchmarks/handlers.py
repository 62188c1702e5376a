"""A function's handler in a process of its own, asked through one source of events."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.invoking import Invoker, invoking
from parity.calls import Answer, Call
from parity.events import SOURCES, Source


@dataclass(frozen=True)
class Handler:
    """A function that answers calls."""

    source: Source
    invoker: Invoker

    def answer(self, call: Call) -> Answer:
        return self.source.answer(self.invoker.answer(self.source.event(call)))

    @property
    def output(self) -> str:
        return self.invoker.log.read_text()


@contextmanager
def handling(subject: str, source: str, directory: Path, environ: Mapping[str, str]) -> Iterator[Handler]:
    """The function of that name, until the block ends."""
    with invoking(subject, directory, environ) as invoker:
        yield Handler(SOURCES[source], invoker)
