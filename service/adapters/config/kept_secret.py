"""A secret that is made up when it is first asked for, and kept in a file from then on."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from service.application.ports import ConfigPort, ConfigUnavailable


class KeptSecret(ConfigPort):
    """Knows one key, whose value only this machine's user can read. For a laptop, where nobody hands out secrets."""

    def __init__(self, key: str, path: Path) -> None:
        self._key = key
        self._path = path

    def get(self, key: str) -> str | None:
        """Raises `ConfigUnavailable` where the file can be neither read nor written."""
        if key != self._key:
            return None
        try:
            if not self._path.exists():
                self._make()
            return self._path.read_text().strip() or None
        except OSError as error:
            raise ConfigUnavailable(
                f"{key} cannot be kept in {self._path} ({error.strerror}): set it, or make that place writable."
            ) from error

    def places(self, key: str) -> Sequence[str]:
        return (f"file {self._path}",) if key == self._key else ()

    def origin(self, key: str) -> str | None:
        return f"file {self._path}" if key == self._key else None

    def _make(self) -> None:
        """Of several processes that do this at once, one wins; none reads a file that is not whole."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}-{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(32))
        try:
            os.link(draft, self._path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
