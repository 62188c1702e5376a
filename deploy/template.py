"""The CloudFormation templates, rendered for the entities that are listed in `service/domain/entities.py`.

A file in `templates/` is a template in YAML. Where it repeats something for each entity, lines that begin with `##` and
expressions in `{{ }}` are Jinja's (docs/adr/0028-templates-for-any-entity.md).
"""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deploy.errors import DeployError
from deploy.settings import SETTINGS, parameter
from deploy.units import every_unit
from service.domain.entities import ENTITIES, stored_for

DIRECTORY: Final = Path(__file__).with_name("templates")
SHARED: Final = ("network", "data", "registry", "edge", "cluster")
"""The stacks that the units share."""


def template_of(stack: str) -> str:
    """Return the template of a stack, by its short name. Raises `DeployError` for a name that no stack has."""
    units = {unit.stack: unit for unit in every_unit()}
    if stack in units:
        return render(f"service-{units[stack].compute}", units[stack].services)
    if stack not in SHARED:
        raise DeployError(f"{stack} is no stack.", f"Name one of {', '.join(SHARED)}, or a unit, such as all=ecs.")
    return render("cluster-eks" if stack == "cluster" else stack)


def render(file: str, services: Collection[str] = ()) -> str:
    """Return the template of `templates/<file>.yaml`; a unit's template is rendered for the entities that it serves."""
    return _jinja.get_template(f"{file}.yaml").render(
        entities=list(ENTITIES),
        served=list(services),
        referred=[name for name in stored_for(services) if name not in services],
        settings=[(name, parameter(name), default) for name, default in SETTINGS.items()],
    )


def logical_id(entity: str) -> str:
    """Return how names of an entity's resources begin in templates: `OrderItems` for `order_items`."""
    return "".join(word.capitalize() for word in entity.split("_"))


_jinja: Final = Environment(  # noqa: S701  # it renders YAML, not HTML
    loader=FileSystemLoader(DIRECTORY),
    line_statement_prefix="##",
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
_jinja.filters["logical_id"] = logical_id
