"""Amazon ECS: parameters of Systems Manager, which environment variables override; data in DynamoDB."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.config import Config
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Container, Factory, Object, Singleton

from containers.aws import aws_client
from containers.settings import Settings, load_settings
from containers.wiring import WiringContainer
from service.adapters.config.environment import EnvironmentConfig
from service.adapters.config.layered import LayeredConfig
from service.adapters.config.parameter_store import ParameterStoreConfig
from service.adapters.system import new_uuid7, utc_now
from service.application.ports import ConfigPort


def _ssm_client(environ: Mapping[str, str]) -> Any:
    config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})
    return aws_client(environ, "ssm", config)


def _config(environ: Mapping[str, str], open_client: Callable[[], Any]) -> ConfigPort:
    variables = EnvironmentConfig(environ)
    return LayeredConfig(variables, ParameterStoreConfig(open_client, variables.get("config_prefix") or "/shapeshift"))


class EcsContainer(DeclarativeContainer):
    """The switchboard of the `ecs` runtime."""

    environ: Object[Mapping[str, str]] = Object({})
    runtime = Object("ecs")
    host = Object("::")  # every address, of IPv4 and of IPv6
    config = Singleton(_config, environ, Factory(_ssm_client, environ).provider)
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
