"""AWS Lambda: environment variables; data in DynamoDB."""

from collections.abc import Mapping
from typing import Any

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Container, Object, Singleton
from pydantic import Field

from containers.settings import Settings, load_settings
from containers.wiring import WiringContainer
from service.adapters.config.environment import EnvironmentConfig
from service.adapters.system import new_uuid7, utc_now


def _workers_of_a_function(values: Mapping[str, Any]) -> int:
    """A function has one request at a time. Over DynamoDB it asks as many shards at once as a list has."""
    return 8 if values.get("store") == "dynamodb" else 1


class LambdaSettings(Settings):
    """The defaults of Lambda."""

    workers_io: int = Field(default_factory=_workers_of_a_function, ge=1, le=256)


class LambdaContainer(DeclarativeContainer):
    """The switchboard of the `lambda` runtime."""

    environ: Object[Mapping[str, str]] = Object({})
    runtime = Object("lambda")
    host = Object("::")  # every address, of IPv4 and of IPv6
    config = Singleton(EnvironmentConfig, environ)
    settings_class = Object(LambdaSettings)
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
