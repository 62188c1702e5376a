"""Settings from files, as Kubernetes mounts ConfigMaps and Secrets: the key `users_table` is a file of that name."""

import os
from pathlib import Path

from service.adapters.config.source import ConfigSource
from service.application.ports import ConfigUnavailable, SettingUnusable


class MountedFilesConfig(ConfigSource):
    """Reads one directory, whose content Kubernetes swaps as a whole through the link `..data`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def place(self, key: str) -> str:
        return f"file {self._directory / key}"

    def read(self, key: str) -> bytes | None:
        try:
            return (self._directory / key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            if not (self._directory.is_dir() and os.access(self._directory, os.X_OK)):
                raise ConfigUnavailable(f"The directory {self._directory} cannot be read: {error.strerror}.") from error
            raise SettingUnusable(key, f"cannot be read: {error.strerror}", self.place(key)) from error
