"""What every store's container is given, and what it gives."""

from collections.abc import Mapping
from typing import Any, Final

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Dict, Object, Provider, Singleton

from containers.settings import Settings
from service.adapters.executors import Executor
from service.adapters.retry_budget import RetryBudget
from service.adapters.share import Shares
from service.application.load import Load
from service.application.ports import Repository
from service.domain.entities import ENTITIES

WORKER: Final = "SHAPESHIFT_WORKER"
"""Set in the environment of the workers of `shapeshift serve`, whose command has created the tables before."""


def _shares(settings: Settings, load: Load) -> Shares:
    """Divide the connections, where several requests are answered at once."""
    return Shares(settings.workers_io, settings.services if settings.serves_many else (), load)


class StoreInputs(DeclarativeContainer):
    """A store's container inherits the inputs, and adds `repositories` and `migrate`."""

    environ: Dependency[Mapping[str, str]] = Dependency()
    settings = Dependency(instance_of=Settings)
    executor: Dependency[Executor] = Dependency()
    load = Dependency(instance_of=Load)
    shares = Singleton(_shares, settings, load)
    retry_budget = Singleton(RetryBudget)
    creates_tables = Dependency(instance_of=bool, default=False)
    """Whether opening a store that is a file brings its tables up to date: on a laptop only."""


def repositories(repository: type[Repository[Any]], *inputs: Provider[Any]) -> Dict:
    """Return the providers of the entities' repositories, by name; each makes its repository when it is called."""
    return Dict({name: Singleton(repository, Object(entity), *inputs).provider for name, entity in ENTITIES.items()})
