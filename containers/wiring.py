"""What every runtime wires alike: the store that the settings name, and the application over it."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from dependency_injector.containers import DeclarativeContainer, DynamicContainer
from dependency_injector.providers import Container, Dependency, Singleton

from containers.application import ApplicationContainer
from containers.settings import Settings
from containers.store_table import STORES
from service.adapters.executors import ThreadExecutor
from service.application.ports import Clock, NewId


def _open_store(settings: Settings, **slots: Any) -> DynamicContainer:
    """The container of the store that the settings name. No other is imported, nor the libraries that it needs."""
    module_name, _, class_name = STORES[settings.store].container.partition(":")
    container: DynamicContainer = getattr(import_module(module_name), class_name)(settings=settings, **slots)
    return container


class WiringContainer(DeclarativeContainer):
    """Slots for what a runtime chooses; a repository overridden here is the one that the application sees."""

    environ: Dependency[Mapping[str, str]] = Dependency()
    runtime = Dependency(instance_of=str)
    settings = Dependency(instance_of=Settings)
    clock: Dependency[Clock] = Dependency()
    new_id: Dependency[NewId] = Dependency()
    creates_tables = Dependency(instance_of=bool, default=False)

    store = Singleton(
        _open_store,
        settings,
        environ=environ,
        executor=Singleton(ThreadExecutor, settings.provided.workers_io),
        creates_tables=creates_tables,
    )
    user_repository = store.provided.user_repository.call()
    order_repository = store.provided.order_repository.call()
    migrate = store.provided.migrate.call()
    application = Container(
        ApplicationContainer,
        runtime=runtime,
        settings=settings,
        user_repository=user_repository,
        order_repository=order_repository,
        clock=clock,
        new_id=new_id,
    )
    readiness = application.readiness
    app = application.app
