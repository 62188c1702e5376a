"""What is compared with what: every way into every runtime, over every store."""

from collections.abc import Mapping
from itertools import product
from typing import Final, NamedTuple

from containers.store_table import STORES
from parity.events import SOURCES

SERVER: Final = "uvicorn"

RUNTIMES_BEHIND: Final[Mapping[str, tuple[str, ...]]] = {
    SERVER: ("local", "ecs", "eks"),
    **dict.fromkeys(SOURCES, ("lambda",)),
}
"""The runtimes that each entrance leads to. A new runtime, or a new entrance, is named here."""

TITLES: Final[Mapping[str, str]] = {SERVER: SERVER, **{name: source.title for name, source in SOURCES.items()}}


class Cell(NamedTuple):
    """One entrance to one runtime over one store."""

    entrance: str
    runtime: str
    store: str

    def __str__(self) -> str:
        return f"{TITLES[self.entrance]} · {self.runtime} · {self.store}"


REFERENCE: Final = Cell(SERVER, "local", "memory")
"""What every cell has to equal. Its own cell compares it with a second run of itself."""

CELLS: Final = [
    Cell(entrance, runtime, store)
    for store, (entrance, runtimes) in product(STORES, RUNTIMES_BEHIND.items())
    for runtime in runtimes
]
