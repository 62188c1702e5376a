"""What there is of an environment: its stacks, its units, and which of them has the route."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from deploy.stack import Stack
from deploy.stacks import Stacks
from deploy.template import SHARED, logical_id
from deploy.units import Unit, every_unit, unit_names
from service.domain.entities import ENTITIES

_DEFAULT_ROUTE: Final = "DefaultTargetGroup"


@dataclass(frozen=True, slots=True)
class Place:
    """An environment of an application, whose names begin everything."""

    app: str
    environment: str

    def name(self, stack: str) -> str:
        """The full name of a stack."""
        return f"{self.app}-{self.environment}-{stack}"

    def table(self, entity: str) -> str:
        """The name of an entity's table, as data.yaml gives it."""
        return self.name(entity)

    @property
    def prefix(self) -> str:
        """The parameters of Systems Manager below which its settings are."""
        return f"/{self.app}/{self.environment}"


@dataclass(frozen=True, slots=True)
class Picture:
    """What was found, by the stacks' short names."""

    stacks: Mapping[str, Stack]

    @property
    def units(self) -> list[Unit]:
        """Those that have a stack."""
        return [unit for unit in every_unit() if unit.stack in self.stacks]

    @property
    def routed(self) -> list[Unit]:
        """Those that the load balancer sends requests to."""
        edge = self.stacks.get("edge")
        groups = {edge.parameters.get(route) for route in routes({})} - {None, ""} if edge else set()
        return [unit for unit in self.units if self.target_group(unit) in groups]

    @property
    def served(self) -> dict[Unit, list[str]]:
        """The entities that each unit with a route serves as it is deployed, which may be fewer than are listed now."""
        return {unit: self.stacks[unit.stack].parameters.get("Services", "").split(",") for unit in self.routed}

    def target_group(self, unit: Unit) -> str | None:
        """Where the unit's requests go."""
        stack = self.stacks.get(unit.stack)
        return stack.outputs.get("TargetGroupArn") if stack else None

    def outputs(self) -> dict[str, str]:
        """What the shared stacks tell the others: an output is the parameter of the same name."""
        shared = [self.stacks[name] for name in SHARED if name in self.stacks]
        return {key: value for stack in shared for key, value in stack.outputs.items()}


def look(stacks: Stacks, place: Place) -> Picture:
    """Ask what there is now."""
    short = {place.name(each): each for each in (*SHARED, *(unit.stack for unit in every_unit()))}
    return Picture({short[name]: stack for name, stack in stacks.all(short).items()})


def routes(groups: Mapping[str, str]) -> dict[str, str]:
    """The load balancer's rules, for the target groups of these units by name; what has no API goes to the first."""
    first = next((groups[name] for name in unit_names() if name in groups), "")
    own = {f"{logical_id(entity)}TargetGroup": groups.get(entity, "") for entity in ENTITIES}
    return {**own, _DEFAULT_ROUTE: first}


def needs_nat(units: Iterable[Unit]) -> bool:
    """Whether something runs in the private subnets that calls AWS from there."""
    return any(unit.compute in {"ecs", "eks"} for unit in units)
