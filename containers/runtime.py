"""What every runtime is made of. A runtime's own container differs in four values only."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from dependency_injector.containers import DeclarativeContainer, DynamicContainer
from dependency_injector.providers import Container, Dict, Object, Singleton

from containers.application import ApplicationContainer
from containers.settings import Settings, load_settings
from containers.store_table import STORES
from service.adapters.executors import ThreadExecutor
from service.adapters.system import new_uuid7, utc_now
from service.application.load import Load
from service.application.ports import ConfigPort
from service.domain.entities import ENTITIES

ANY_ADDRESS = "::"
"""Every address of this machine, of IPv4 and of IPv6."""


def runtime_container(
    name: str,
    address: str,
    config_source: Callable[[Mapping[str, str]], ConfigPort],
    defaults: type[Settings] = Settings,
) -> type[DeclarativeContainer]:
    """Return the container of a runtime. It is instantiated with `environ`, the environment variables.

    A server listens at the address, unless HOST says otherwise. The source of settings is opened with `environ`, and
    `defaults` is the class of their defaults.
    """

    class RuntimeContainer(DeclarativeContainer):
        """Gives `app`. Override any provider before `app` is called, and every dependent sees what takes its place."""

        environ: Object[Mapping[str, str]] = Object({})
        runtime = Object(name)
        host = Object(address)
        config = Singleton(config_source, environ)
        settings_class = Object(defaults)
        settings = Singleton(load_settings, settings_class, config)
        clock = Object(utc_now)
        new_id = Object(new_uuid7)
        load = Singleton(Load)
        creates_tables = settings.provided.creates_tables
        store = Singleton(
            _open_store,
            settings,
            environ=environ,
            load=load,
            executor=Singleton(ThreadExecutor, settings.provided.workers_io),
            creates_tables=creates_tables,
        )
        migrate = store.provided.migrate.call()

    each = {entity: RuntimeContainer.store.provided.repositories.call()[entity].call() for entity in ENTITIES}
    application = Container(
        ApplicationContainer,
        runtime=RuntimeContainer.runtime,
        settings=RuntimeContainer.settings,
        all_repositories=Dict({entity: repository.provider for entity, repository in each.items()}),
        clock=RuntimeContainer.clock,
        new_id=RuntimeContainer.new_id,
        load=RuntimeContainer.load,
    )
    repositories = {repository_name(entity): repository for entity, repository in each.items()}
    exported = {name: getattr(application, name) for name in ("readiness", "admission", "app")}
    for provider_name, provider in {"application": application, **repositories, **exported}.items():
        setattr(RuntimeContainer, provider_name, provider)
    return RuntimeContainer


def repository_name(entity: str) -> str:
    """Return the name of the provider of an entity's repository: `user_repository`, for `users`."""
    return f"{ENTITIES[entity].singular}_repository"


def _open_store(settings: Settings, **inputs: Any) -> DynamicContainer:
    """Return the container of the store that the settings name. No other is imported, nor the libraries it needs."""
    module_name, _, class_name = STORES[settings.store].container.partition(":")
    container: DynamicContainer = getattr(import_module(module_name), class_name)(settings=settings, **inputs)
    return container
