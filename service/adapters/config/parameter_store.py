"""Settings from AWS Systems Manager Parameter Store: the key `users_table` is the parameter `<prefix>/users_table`."""

import gc
from collections.abc import Callable
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from service.adapters.config.source import ConfigSource
from service.application.ports import ConfigUnavailable


class ParameterStoreConfig(ConfigSource):
    """Reads every parameter under the prefix once, decrypted, when the first is asked for."""

    def __init__(self, open_client: Callable[[], Any], prefix: str) -> None:
        """`open_client` makes botocore's client for SSM, which may do nothing but `GetParametersByPath` on the prefix.

        It is kept only while it reads: the descriptions of all that SSM can do are megabytes.
        """
        self._open_client = open_client
        self._prefix = prefix.rstrip("/")

    def place(self, key: str) -> str:
        return f"parameter {self._prefix}/{key}"

    def read(self, key: str) -> str | None:
        return self._values.get(f"{self._prefix}/{key}")

    @cached_property
    def _values(self) -> dict[str, str]:
        values = self._read()
        gc.collect()  # clients refer to themselves; this one's memory is of use to the store
        return values

    def _read(self) -> dict[str, str]:
        client = self._open_client()
        pages = client.get_paginator("get_parameters_by_path").paginate(Path=self._prefix, WithDecryption=True)
        try:
            return {parameter["Name"]: parameter["Value"] for page in pages for parameter in page["Parameters"]}
        except (BotoCoreError, ClientError) as error:
            raise ConfigUnavailable(f"The parameters under {self._prefix} cannot be read: {error}") from error
        finally:
            client.close()
