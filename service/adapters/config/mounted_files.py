"""Settings from files, as Kubernetes mounts ConfigMaps and Secrets: the key `users_table` is a file of that name."""

from collections.abc import Sequence
from pathlib import Path

from service.application.ports import ConfigPort, ConfigUnavailable


class MountedFilesConfig(ConfigPort):
    """Reads one directory, whose content Kubernetes swaps as a whole through the link `..data`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def get(self, key: str) -> str | None:
        path = self._directory / key
        try:
            return path.read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
            raise ConfigUnavailable(f"The file {path} cannot be read: {reason}.") from error

    def places(self, key: str) -> Sequence[str]:
        return (f"file {self._directory / key}",)

    def origin(self, key: str) -> str | None:
        return None if self.get(key) is None else self.places(key)[0]
