"""What every runtime wires alike: the store that the settings name, and the application over it."""

from collections.abc import Mapping

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Container, Dependency, Singleton

from containers.application import ApplicationContainer
from containers.settings import Settings
from containers.stores import StoresContainer
from service.adapters.executors import ThreadExecutor
from service.application.ports import Clock, NewId


class WiringContainer(DeclarativeContainer):
    """Slots for what a runtime chooses; a repository overridden here is the one that the application sees."""

    environ: Dependency[Mapping[str, str]] = Dependency()
    runtime = Dependency(instance_of=str)
    settings = Dependency(instance_of=Settings)
    clock: Dependency[Clock] = Dependency()
    new_id: Dependency[NewId] = Dependency()
    creates_tables = Dependency(instance_of=bool, default=False)

    stores = Container(
        StoresContainer,
        environ=environ,
        settings=settings,
        executor=Singleton(ThreadExecutor, settings.provided.workers_io),
        creates_tables=creates_tables,
    )
    user_repository = stores.user_repository
    order_repository = stores.order_repository
    migrate = stores.migrate
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
