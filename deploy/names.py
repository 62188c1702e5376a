"""Names and numbers that must be unique or stable, and are derived rather than chosen."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from deploy.stack import Parameter
from deploy.state import DeployedState
from deploy.units import Unit, every_unit

_PREVIEW_PRIORITIES: Final = range(1, 100)  # before those of the routes
_DIGEST: Final = 6  # characters


def preview_priority(unit: Unit, state: DeployedState) -> str:
    """Return the priority of the unit's preview rule: the one that it has, or one that no other unit has or gets."""
    taken = {each: state.stacks[each.stack].parameters.get("PreviewPriority", "") for each in state.units}
    free = (str(number) for number in _PREVIEW_PRIORITIES if str(number) not in taken.values())
    new = (each for each in every_unit() if each not in taken)
    return taken.get(unit) or dict(zip(new, free, strict=False))[unit]


def at_most(name: str, length: int) -> str:
    """Return the name; if it is longer, its beginning and a hash of it."""
    if len(name) <= length:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: length - _DIGEST - 1].rstrip('-')}-{digest}"


def release(
    template: str, declared: Mapping[str, Parameter], before: Mapping[str, str], values: Mapping[str, str]
) -> str:
    """Return a name for what is deployed, which changes whenever the template or a parameter changes.

    `before` has the parameters as they are, `values` those that change. A secret cannot be read from a stack; every
    run gives it.
    """
    all_values: dict[str, Any] = {key: each.default for key, each in declared.items()} | {**before, **values}
    content = {
        key: values.get(key, "") if declared[key].is_secret else value or ""
        for key, value in all_values.items()
        if key in declared and key != "Release"
    }
    return hashlib.sha256(json.dumps([template, content], sort_keys=True).encode()).hexdigest()[:16]
