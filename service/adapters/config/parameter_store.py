"""Settings from AWS Systems Manager Parameter Store: the key `users_table` is the parameter `<prefix>/users_table`."""

import gc
from collections.abc import Callable
from functools import cached_property
from time import monotonic
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from service.adapters.aws.answers import PROXY_OR_ENDPOINT, NotFromAws
from service.adapters.aws.time_limit import time_limit
from service.adapters.config.source import ConfigSource
from service.application.ports import ConfigUnavailable

PATIENCE_SECONDS: Final = 20.0
"""For all pages and attempts together."""


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
        gc.collect()  # clients refer to themselves; the store can use the memory of this one
        return values

    def _read(self) -> dict[str, str]:
        client = self._open_client()
        pages = client.get_paginator("get_parameters_by_path").paginate(Path=self._prefix, WithDecryption=True)
        try:
            with time_limit(monotonic() + PATIENCE_SECONDS):
                return {parameter["Name"]: parameter["Value"] for page in pages for parameter in page["Parameters"]}
        except (BotoCoreError, ClientError, TimeoutError) as error:
            raise self._unavailable(error) from error
        except NotFromAws as error:
            raise self._unavailable(f"not an answer of Systems Manager: {error}; {PROXY_OR_ENDPOINT}") from error
        except (KeyError, TypeError) as error:
            raise self._unavailable(f"the answer has no valid list of parameters; {PROXY_OR_ENDPOINT}") from error
        finally:
            client.close()

    def _unavailable(self, reason: object) -> ConfigUnavailable:
        return ConfigUnavailable(f"The parameters under {self._prefix} cannot be read: {reason}")
