"""Reads the examples of docs/make-it-yours.md, and applies them to a copy of the project."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SECTION: Final = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK: Final = re.compile(
    r"^### `(?P<path>[^`]+)`$(?:(?!^###).)*?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Example:
    """What one section of the page writes to one file: the whole file, or changes of a file that exists."""

    path: str
    text: str
    is_change: bool

    @property
    def lines(self) -> int:
        """How many lines somebody writes."""
        written = self.text.splitlines()
        return sum(line.startswith("+") for line in written) if self.is_change else len(written)

    def apply(self, project: Path) -> None:
        """Write the file. Raises ValueError where the file is not as the example expects."""
        file = project / self.path
        if not self.is_change:
            if file.exists():
                raise ValueError(f"{self.path} exists already")
            file.write_text(self.text)
            return
        source = file.read_text()
        for old, new in self._changes():
            if source.count(old) != 1:
                raise ValueError(f"{self.path} has {source.count(old)} times what the example changes:\n{old}")
            source = source.replace(old, new)
        file.write_text(source)

    def _changes(self) -> Iterator[tuple[str, str]]:
        """The text before and after each change. An empty line is between two changes."""
        for change in self.text.rstrip().split("\n\n"):
            lines = f"{change}\n".splitlines(keepends=True)
            yield _joined(lines, " -"), _joined(lines, " +")


def examples(page: Path, section: str) -> list[Example]:
    """Return the examples of one section of the page. Raises ValueError if there are none."""
    _, *parts = _SECTION.split(page.read_text())
    text = dict(zip(parts[::2], parts[1::2], strict=True)).get(section, "")
    found = [Example(each["path"], each["text"], each["language"] == "diff") for each in _BLOCK.finditer(text)]
    if not found:
        raise ValueError(f"{page.name} has no example in the section {section!r}")
    return found


def _joined(lines: list[str], marks: str) -> str:
    """The lines that begin with one of these marks, without it."""
    return "".join(line[1:] for line in lines if line[0] in marks)
