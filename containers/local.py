"""A laptop: environment variables over defaults that work as they are; data in a file under `var/`."""

from collections.abc import Mapping
from pathlib import Path

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Container, Object, Singleton
from pydantic import Field, SecretStr

from containers.settings import SECRET_CHARACTERS, Seconds, Settings, StoreName, load_settings
from containers.wiring import WiringContainer
from service.adapters.config.environment import EnvironmentConfig
from service.adapters.config.kept_secret import KeptSecret
from service.adapters.config.layered import LayeredConfig
from service.adapters.system import new_uuid7, utc_now


class LocalSettings(Settings):
    """The defaults of a laptop."""

    store: StoreName = "sqlite"
    database_url: SecretStr | None = SecretStr("sqlite:///var/shapeshift.db")
    drain_seconds: Seconds = 0
    shutdown_seconds: Seconds = 5
    trusted_hops: int = Field(default=0, ge=0, le=10)


class LocalContainer(DeclarativeContainer):
    """The switchboard of the `local` runtime."""

    environ: Object[Mapping[str, str]] = Object({})
    runtime = Object("local")
    host = Object("127.0.0.1")
    config = Singleton(
        LayeredConfig,
        Singleton(EnvironmentConfig, environ),
        Singleton(KeptSecret, "cursor_secret", Path("var/cursor_secret"), least_characters=SECRET_CHARACTERS),
    )
    settings_class = Object(LocalSettings)
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
        creates_tables=True,
    )
    user_repository = wiring.user_repository
    order_repository = wiring.order_repository
    migrate = wiring.migrate
    readiness = wiring.readiness
    app = wiring.app
