"""A laptop: environment variables over defaults that work as they are; data in a file under `var/`."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr

from containers.runtime import runtime_container
from containers.setting_types import SECRET_CHARACTERS, Seconds, StoreName
from containers.settings import Settings
from service.adapters.config.environment import EnvironmentConfig
from service.adapters.config.kept_secret import KeptSecret
from service.adapters.config.layered import LayeredConfig
from service.application.ports import ConfigPort


class LocalSettings(Settings):
    """The defaults of a laptop."""

    creates_tables: ClassVar = True

    store: StoreName = "sqlite"
    database_url: SecretStr | None = SecretStr("sqlite:///var/shapeshift.db")
    drain_seconds: Seconds = 0
    shutdown_seconds: Seconds = 5
    trusted_hops: int = Field(default=0, ge=0, le=10)


def _config(environ: Mapping[str, str]) -> ConfigPort:
    secret = KeptSecret("cursor_secret", Path("var/cursor_secret"), least_characters=SECRET_CHARACTERS)
    return LayeredConfig(EnvironmentConfig(environ), secret)


LocalContainer = runtime_container("local", "127.0.0.1", _config, LocalSettings)
