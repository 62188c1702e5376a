"""Apps that need no servers beside them, and a way to compare a cell in them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from parity.calls import CallSequence
from parity.corpus import corpus
from parity.isolated_apps import IsolatedApps
from parity.stores import Servers

OpenApps = Callable[..., Any]


@pytest.fixture(scope="session")
def sequences() -> list[CallSequence]:
    """The scenarios and some random sequences."""
    return corpus(1, 20)


@pytest.fixture
def open_apps(tmp_path: Path) -> OpenApps:
    """Opens apps for the stores that need no server; takes what `IsolatedApps` takes besides."""

    @contextmanager
    def opened(**changes: Any) -> Iterator[IsolatedApps]:
        with IsolatedApps(Servers({}), tmp_path, **changes) as apps:
            yield apps

    return opened
