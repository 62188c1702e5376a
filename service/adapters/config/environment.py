"""Settings from environment variables: the key `users_table` is the variable `USERS_TABLE`."""

from collections.abc import Mapping

from service.adapters.config.source import ConfigSource


class EnvironmentConfig(ConfigSource):
    """Reads the mapping that it is given, which an entry point fills from the process's environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def place(self, key: str) -> str:
        return f"environment variable {key.upper()}"

    def read(self, key: str) -> str | None:
        return self._environ.get(key.upper())
