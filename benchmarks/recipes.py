"""What each environment is made of."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[1]

_LOCKS: Final = REPOSITORY / "benchmarks" / "requirements"
_OURS: Final = ("service", "containers")
_PEERS: Final = ("benchmarks/__init__.py", "benchmarks/peers")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an environment is made of: a lock of requirements, and files and folders of this repository."""

    lock: Path
    sources: tuple[str, ...] = ()
    slim: bool = False
    """Whether what nothing runs is taken out, as out of our images."""
    bundled: bool = False
    """Whether the bytecode is moved into one file, as in our function."""

    @property
    def locked(self) -> dict[str, str]:
        """The version of each package."""
        return dict(re.findall(r"^([\w.-]+)==([^ ;]+)", self.lock.read_text(), re.MULTILINE))

    def files(self) -> Iterator[Path]:
        """Every file of the sources, in a fixed order."""
        for source in self.sources:
            path = REPOSITORY / source
            found = sorted(path.rglob("*")) if path.is_dir() else [path]
            for each in found:
                if each.is_file() and "__pycache__" not in each.parts:
                    yield each


RECIPES: Final[Mapping[str, Recipe]] = {
    "ours_lambda": Recipe(REPOSITORY / "requirements" / "lambda.txt", _OURS, slim=True, bundled=True),
    "ours_server": Recipe(REPOSITORY / "requirements" / "service.txt", _OURS, slim=True),
    "fastapi_lambda": Recipe(_LOCKS / "fastapi_lambda.txt", _PEERS),
    "fastapi_slim": Recipe(_LOCKS / "fastapi_lambda.txt", _PEERS, slim=True),
    "fastapi_server": Recipe(_LOCKS / "fastapi_server.txt", _PEERS),
    "powertools": Recipe(_LOCKS / "powertools.txt", _PEERS),
    "bare": Recipe(_LOCKS / "bare.txt", _PEERS),
    "runtime_client": Recipe(_LOCKS / "runtime_client.txt"),
    "chart": Recipe(_LOCKS / "chart.txt", ("benchmarks/__init__.py", "benchmarks/chart.py")),
}
"""The only table of environments. The last two are what Lambda's base image has beside a function, and what draws."""
