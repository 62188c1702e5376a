"""A secret that is generated when it is first asked for, and kept in a file from then on."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from service.adapters.config.source import ConfigSource
from service.application.ports import ConfigUnavailable, SettingUnusable


class KeptSecret(ConfigSource):
    """Knows one key, whose value only this machine's user can read. For a laptop, where nobody hands out secrets."""

    def __init__(self, key: str, path: Path, *, least_characters: int = 1) -> None:
        """A file with fewer than `least_characters` is refused; it was not written here."""
        self._key = key
        self._path = path
        self._least_characters = least_characters

    def place(self, key: str) -> str:  # noqa: ARG002  # there is one key
        return f"file {self._path}"

    def read(self, key: str) -> bytes | None:
        return self._kept() if key == self._key else None

    def places(self, key: str) -> Sequence[str]:
        return super().places(key) if key == self._key else ()

    def get(self, key: str) -> str | None:
        """Raises `ConfigUnavailable` where the file can be neither read nor written."""
        value = super().get(key)
        if key == self._key and len(value or "") < self._least_characters:
            reason = f"has fewer than {self._least_characters} characters; delete it, and a new secret is generated"
            raise SettingUnusable(key, reason, self.place(key))
        return value

    def _kept(self) -> bytes:
        try:
            if not self._path.exists():
                self._make()
            return self._path.read_bytes()
        except OSError as error:
            raise ConfigUnavailable(
                f"{self._key} cannot be kept in {self._path} ({error.strerror}): set it, or make that place writable."
            ) from error

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
