"""The table that `shapeshift config` prints: every setting, its value, and where it comes from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import SecretStr

from containers.settings import SettingProblem, Settings, read_values
from service.application.ports import ConfigPort

_MASK: Final = "********"


def shown_settings(settings_class: type[Settings], config: ConfigPort, problems: Sequence[SettingProblem]) -> str:
    """The settings in columns, secrets masked; `problems` are those that were found with them."""
    values, unusable = read_values(config, settings_class.model_fields)
    missing = {problem.key for problem in problems} - values.keys() - unusable.keys()
    return _in_columns(_rows(settings_class, config, values, unusable, missing))


def _rows(
    settings_class: type[Settings],
    config: ConfigPort,
    values: Mapping[str, str],
    unusable: Mapping[str, SettingProblem],
    missing: set[str],
) -> Iterator[tuple[str, str, str]]:
    yield "setting", "value", "from"
    effective: dict[str, Any] = {}
    for key, field in settings_class.model_fields.items():
        if key in values:
            effective[key] = values[key]
            yield key, _MASK if "Secret" in str(field.annotation) else values[key], config.origin(key) or ""
        elif key in unusable:
            yield key, "(unusable)", ", ".join(unusable[key].places)
        elif key in missing:
            yield key, "(required)", ""
        else:
            effective[key] = field.get_default(call_default_factory=True, validated_data=effective)
            yield key, _shown(effective[key]), "default"


def _shown(default: object) -> str:
    if isinstance(default, SecretStr):
        return _MASK
    if isinstance(default, frozenset):
        return ",".join(sorted(default))
    return "(not set)" if default is None else str(default)


def _in_columns(rows: Iterable[tuple[str, ...]]) -> str:
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
