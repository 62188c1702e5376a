"""Amazon EKS: files that Kubernetes mounts, which environment variables override; data in DynamoDB."""

import os
from collections.abc import Mapping
from pathlib import Path

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Container, Object, Singleton

from containers.settings import Settings, load_settings
from containers.wiring import WiringContainer
from service.adapters.config.environment import EnvironmentConfig
from service.adapters.config.layered import LayeredConfig
from service.adapters.config.mounted_files import MountedFilesConfig
from service.adapters.system import new_uuid7, utc_now
from service.application.ports import ConfigPort


def _config(environ: Mapping[str, str]) -> ConfigPort:
    """`CONFIG_DIR` may name several directories, as PATH does: one for a ConfigMap and one for a Secret, say."""
    variables = EnvironmentConfig(environ)
    named = (variables.get("config_dir") or "/etc/shapeshift").split(os.pathsep)
    directories = [Path(each.strip()) for each in named if each.strip()]
    return LayeredConfig(variables, *(MountedFilesConfig(each) for each in directories))


class EksContainer(DeclarativeContainer):
    """The switchboard of the `eks` runtime."""

    environ: Object[Mapping[str, str]] = Object({})
    runtime = Object("eks")
    host = Object("::")  # every address, of IPv4 and of IPv6
    config = Singleton(_config, environ)
    settings_class = Object(Settings)
    settings = Singleton(load_settings, settings_class, config)
    clock = Object(utc_now)
    new_id = Object(new_uuid7)
    wiring = Container(
        WiringContainer,
        environ=environ,
        runtime=runtime,
        settings=settings,
        clock=clock,
        new_id=new_id,
    )
    user_repository = wiring.user_repository
    order_repository = wiring.order_repository
    migrate = wiring.migrate
    readiness = wiring.readiness
    app = wiring.app
