"""Settings from environment variables: the key `users_table` is the variable `USERS_TABLE`."""

from collections.abc import Mapping, Sequence

from service.application.ports import ConfigPort


class EnvironmentConfig(ConfigPort):
    """Reads the mapping that it is given, which an entry point fills from the process's environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def get(self, key: str) -> str | None:
        return self._environ.get(key.upper(), "").strip() or None

    def places(self, key: str) -> Sequence[str]:
        return (f"environment variable {key.upper()}",)

    def origin(self, key: str) -> str | None:
        return None if self.get(key) is None else self.places(key)[0]
