"""What every store's container is given."""

from collections.abc import Mapping

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency

from containers.settings import Settings
from service.adapters.executors import Executor


class StoreSlots(DeclarativeContainer):
    """The slots; a store's container inherits them and adds its providers."""

    environ: Dependency[Mapping[str, str]] = Dependency()
    settings = Dependency(instance_of=Settings)
    executor: Dependency[Executor] = Dependency()
    creates_tables = Dependency(instance_of=bool, default=False)
    """Whether opening a store that is a file brings its tables up to date: on a laptop only."""
