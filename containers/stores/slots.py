"""What every store's container is given."""

from collections.abc import Mapping
from typing import Final

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency

from containers.settings import Settings
from service.adapters.executors import Executor

WORKER: Final = "SHAPESHIFT_WORKER"
"""Set in the environment of the workers of `shapeshift serve`, whose command has created the tables before."""


class StoreSlots(DeclarativeContainer):
    """The slots; a store's container inherits them and adds its providers."""

    environ: Dependency[Mapping[str, str]] = Dependency()
    settings = Dependency(instance_of=Settings)
    executor: Dependency[Executor] = Dependency()
    creates_tables = Dependency(instance_of=bool, default=False)
    """Whether opening a store that is a file brings its tables up to date: on a laptop only."""
