"""The types of settings: what their values may be, and how they are read from text."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from containers.store_table import STORES
from service.domain.entities import ENTITIES

SECRET_CHARACTERS: Final = 16
"""The least length of a secret. What generates one uses 32 random bytes."""


def _known_store(name: str) -> str:
    if name not in STORES:
        raise ValueError(f"must be one of {', '.join(STORES)}")
    return name


StoreName = Annotated[str, AfterValidator(_known_store)]
Seconds = Annotated[float, Field(ge=0, le=600)]


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().strip()) < SECRET_CHARACTERS:
        raise ValueError(f"must have at least {SECRET_CHARACTERS} characters; generate it: openssl rand -base64 32")
    return secret


Secret = Annotated[SecretStr, AfterValidator(_long_enough)]


def split(value: object) -> object:
    """Return the parts of a string that is a list with commas; anything else as it is."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _known_entities(names: frozenset[str]) -> frozenset[str]:
    if not names <= ENTITIES.keys():
        raise ValueError(f"must be one or more of {', '.join(ENTITIES)}, separated by commas")
    return names


Services = Annotated[frozenset[str], BeforeValidator(split), AfterValidator(_known_entities)]


def default_workers_io(values: Mapping[str, Any]) -> int:
    """Return how many connections a store has unless the setting says so."""
    return STORES[values["store"]].workers_io if values.get("store") in STORES else 1  # what is unknown is refused


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)]
