"""Worlds without servers beside them, and a way to compare a cell in them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from parity.calls import CallSequence
from parity.corpus import corpus
from parity.stores import Servers
from parity.worlds import Worlds

OpenWorlds = Callable[..., Any]


@pytest.fixture(scope="session")
def sequences() -> list[CallSequence]:
    """The story and some random sequences."""
    return corpus(1, 20)


@pytest.fixture
def open_worlds(tmp_path: Path) -> OpenWorlds:
    """Opens worlds for the stores that need no server; takes what `Worlds` takes besides."""

    @contextmanager
    def opened(**changes: Any) -> Iterator[Worlds]:
        with Worlds(Servers({}), tmp_path, **changes) as worlds:
            yield worlds

    return opened
