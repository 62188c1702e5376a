"""The address of a SQLite file, as `database_url` gives it."""

from typing import Final
from urllib.parse import parse_qsl

_SCHEME: Final = "sqlite:///"


def path_of(url: str) -> str:
    """The path of the file."""
    return url.removeprefix(_SCHEME)


def problems_of_url(url: str) -> list[str]:
    """Every mistake in a URL, in words that contain no value of it."""
    if not url.startswith(_SCHEME):
        return ["must be sqlite:///, then a file's path"]
    path, _, options = path_of(url).partition("?")
    names = dict.fromkeys(name for name, _ in parse_qsl(options, keep_blank_values=True))
    problems = [f"has the option {name!r}, but SQLite's address takes none" for name in names]
    if path.startswith((":memory:", "file:")) or not path:
        problems.append("must name a file; for data that is gone with the process, use store=memory")
    elif path.endswith("/"):
        problems.append("must name a file, not a directory")
    return problems
