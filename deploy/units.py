"""What is deployed where: a unit is the whole service or the part for one entity, on one compute."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from deploy.errors import DeployError
from service.domain.entities import ENTITIES

ALL: Final = "all"
COMPUTES: Final = ("lambda", "ecs", "eks")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, such as `users=ecs`."""

    name: str
    compute: str

    def __str__(self) -> str:
        return f"{self.name}={self.compute}"

    @property
    def stack(self) -> str:
        """The stack's name, without that of the environment; also what X-Preview-Unit says."""
        return f"{self.label}-{self.compute}"

    @property
    def label(self) -> str:
        """The name as it is in the names of resources, where AWS permits hyphens only."""
        return self.name.replace("_", "-")

    @property
    def services(self) -> list[str]:
        """The entities whose APIs and pages it serves."""
        return list(ENTITIES) if self.name == ALL else [self.name]

    @property
    def image(self) -> str:
        """The kind of image that it runs."""
        return "lambda" if self.compute == "lambda" else "service"


def unit_names() -> list[str]:
    """Return the names that a unit can have."""
    return [ALL, *ENTITIES]


def every_unit() -> list[Unit]:
    """Return each unit that can be deployed."""
    return [Unit(name, compute) for name in unit_names() for compute in COMPUTES]


def parse(words: Sequence[str]) -> list[Unit]:
    """Return the units that these words name. Raises `DeployError` for unknown units and for contradictions."""
    units = []
    for word in words:
        name, _, compute = word.partition("=")
        if name not in unit_names() or compute not in COMPUTES:
            raise DeployError(
                f"{word} is not a unit.",
                f"A unit is NAME=COMPUTE. Names: {', '.join(unit_names())}. Computes: {', '.join(COMPUTES)}.",
            )
        units.append(Unit(name, compute))
    names = [unit.name for unit in units]
    if len(set(names)) < len(names):
        raise DeployError(f"{' '.join(words)} names a unit twice.")
    if ALL in names and len(names) > 1:
        raise DeployError(f"{' '.join(words)} cannot be: {ALL} is {', '.join(ENTITIES)} together.")
    return units


def target_units(asked: Sequence[Unit], routed: Mapping[Unit, Collection[str]]) -> list[Unit]:
    """Return the units that will have the route: those that are asked for, and those that have it and stay.

    `routed` has the entities that each unit with the route serves now. Raises `DeployError` if one of them would not be
    served any more.
    """
    names = {unit.name for unit in asked}
    if ALL in names:
        return list(asked)
    for unit, served in routed.items():
        lost = [entity for entity in ENTITIES if entity in served and entity not in names]
        if unit.name == ALL and lost:
            raise DeployError(
                f"{unit} serves {' and '.join(lost)}, too: name its new unit.",
                f"Such as: {' '.join(map(str, [*asked, *(Unit(entity, 'ecs') for entity in lost)]))}",
            )
    return [*asked, *(unit for unit in routed if unit.name not in {ALL, *names})]
