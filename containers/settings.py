"""The typed settings, read through whichever `ConfigPort` the runtime chose and checked all at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, Final, TypeVar

from pydantic import Field, SecretStr, ValidationError, create_model
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from containers.authentication_settings import AuthenticationSettings, problems_of_authentication
from containers.setting_types import LogLevel, Seconds, Secret, Services, StoreName, default_workers_io, split
from containers.store_table import STORES
from service.application.ports import ConfigPort, SettingUnusable, table_setting
from service.domain.entities import ENTITIES, stored_for


class _StoreSettings(BaseSettings):
    store: StoreName = "dynamodb"
    """Where data is kept."""


_TABLES: Final[Any] = {table_setting(entity): (str | None, None) for entity in ENTITIES}
_TableSettings: Final[Any] = create_model("_TableSettings", __base__=_StoreSettings, **_TABLES)


class Settings(AuthenticationSettings, _TableSettings):  # type: ignore[misc]  # its fields are made from the table of entities
    """Every setting, with the defaults that all runtimes but the laptop's share."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True)

    serves_many: ClassVar[bool] = True
    """Whether a process answers several requests at once, so that one may be in the way of another."""
    creates_tables: ClassVar[bool] = False
    """Whether a store that is a file gets its tables when it is opened."""

    database_url: SecretStr | None = None
    """Where a SQL database is: `sqlite:///file` or `postgresql://user:password@host:port/database`."""
    cursor_secret: Secret
    """Signs list cursors, forms and sessions; at least 16 characters. To change it without making those that callers
    hold invalid, set `cursor_secret_previous` to the old one."""
    cursor_secret_previous: Secret | None = None
    """The `cursor_secret` before the present one: what it made is still accepted, and it makes nothing new."""
    services: Services = frozenset(ENTITIES)
    """The APIs and pages that this process serves."""
    drain_seconds: Seconds = 5
    """How long a process that has to stop is not ready, but still serves."""
    shutdown_seconds: Seconds = 25
    """How long requests under way may then take to finish."""
    workers_io: int = Field(default_factory=default_workers_io, ge=1, le=256)
    """Connections to the store; for SQLite, threads that read."""
    idempotency_hours: int = Field(default=24, ge=1, le=8_760)
    """How long after its use an idempotency key says that a request is the same one again."""
    trusted_hops: int = Field(default=1, ge=0, le=10)
    """Proxies in front whose X-Forwarded-For is believed."""
    requests_max: int | None = Field(default=None, ge=0, le=100_000)
    """Requests that a server process has under way at most; 0: any number. Default: what it can answer in time."""
    connections_max: int | None = Field(default=None, ge=1, le=10_000)
    """Connections that a server process keeps open at most. Default: its limit of open files less 128, up to 10,000."""
    log_level: LogLevel = "INFO"
    """The least severe kind of line that is logged."""

    def tables(self) -> dict[str, str]:
        """Return the names of the DynamoDB tables that are set, by entity."""
        names = {entity: getattr(self, table_setting(entity)) for entity in ENTITIES}
        return {entity: name for entity, name in names.items() if name}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` read from the port counts; nothing else reads the environment."""
        return (init_settings,)


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """A setting that is missing or bad, and where it was looked for."""

    key: str
    message: str
    places: Sequence[str] = ()

    def __str__(self) -> str:
        looked_in = f" (looked in: {', '.join(self.places)})" if self.places else ""
        return f"{self.key}: {self.message}{looked_in}"


class ConfigurationError(Exception):
    """The process cannot start as it is configured; `problems` lists every reason."""

    def __init__(self, problems: Sequence[SettingProblem]) -> None:
        super().__init__("\n".join(["This configuration cannot work:", *(f"  {problem}" for problem in problems)]))
        self.problems = problems


AnySettings = TypeVar("AnySettings", bound=Settings)


def load_settings(settings_class: type[AnySettings], config: ConfigPort) -> AnySettings:
    """Read and check every setting. Raises `ConfigurationError`, which names them all and contains no value."""
    fields = settings_class.model_fields
    values, unusable = read_values(config, fields)
    known: dict[str, Any] = {key: field.default for key, field in fields.items() if key not in unusable} | values
    problems = dict(_problems_of_store(known)) | dict(problems_of_authentication(known))
    try:
        settings = settings_class(**values)
    except ValidationError as error:
        problems |= _problems_of_values(error)
    if problems or unusable:
        listed = {key: SettingProblem(key, message, config.places(key)) for key, message in problems.items()} | unusable
        raise ConfigurationError([listed[key] for key in fields if key in listed])
    return settings


def read_values(config: ConfigPort, keys: Iterable[str]) -> tuple[dict[str, Any], dict[str, SettingProblem]]:
    """The values of those of the keys that are set, and the problems of those whose value cannot be used."""
    values: dict[str, Any] = {}
    problems: dict[str, SettingProblem] = {}
    for key in keys:
        try:
            value = config.get(key)
        except SettingUnusable as error:
            problems[key] = SettingProblem(key, error.reason, (error.place,))
        else:
            values |= {} if value is None else {key: value}
    return values, problems


def _problems_of_values(error: ValidationError) -> dict[str, str]:
    """What is wrong with a setting itself; a default that could not be computed is the fault of another setting."""
    return {
        str(each["loc"][0]): _in_words(each["msg"])
        for each in error.errors(include_input=False)
        if each["type"] != "default_factory_not_called"
    }


def _problems_of_store(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """What the store misses among the values. One that is absent cannot be used, which is reported elsewhere."""
    name = str(values.get("store"))
    row = STORES.get(name)
    if row is None:
        return
    for key in [*row.needs, *_needs_of_entities(row.needs_of_entity, values.get("services"))]:
        if key in values and values[key] is None:
            yield key, f"is required for store={name}"
    address = values.get("database_url")
    if row.problems_of_address and address is not None:
        module_name, _, function_name = row.problems_of_address.partition(":")
        problems = getattr(import_module(module_name), function_name)(_plain(address))
        if problems:
            yield "database_url", "; ".join(problems)


def _needs_of_entities(templates: Sequence[str], services: object) -> list[str]:
    """The settings that the served entities need; none where the services are not known."""
    served = split(services)
    if not isinstance(served, Iterable) or not set(served) <= ENTITIES.keys():
        return []
    return [template.format(entity=entity) for template in templates for entity in stored_for(served)]


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _in_words(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return "is required" if message == "Field required" else message[:1].lower() + message[1:]
