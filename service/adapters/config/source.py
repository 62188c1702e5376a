"""What every place that settings come from has in common: how a value is read, cleaned and named."""

from abc import abstractmethod
from collections.abc import Sequence

from service.adapters.config.values import clean_value
from service.application.ports import ConfigPort, SettingUnusable


class ConfigSource(ConfigPort):
    """One place. It says where a key is and reads what is there; what counts as its value is the same everywhere."""

    @abstractmethod
    def place(self, key: str) -> str:
        """Where the key is, in words that follow "the": `environment variable USERS_TABLE`."""

    @abstractmethod
    def read(self, key: str) -> str | bytes | None:
        """What was found for the key, as it is (bytes should be UTF-8), or None where there is nothing.

        Raises `SettingUnusable` where this key cannot be read, and `ConfigUnavailable` where no key can.
        """

    def get(self, key: str) -> str | None:
        found = self.read(key)
        if found is None:
            return None
        try:
            return clean_value(found) or None
        except ValueError as error:
            raise SettingUnusable(key, str(error), self.place(key)) from None

    def places(self, key: str) -> Sequence[str]:
        return (self.place(key),)

    def origin(self, key: str) -> str | None:
        return None if self.get(key) is None else self.place(key)
