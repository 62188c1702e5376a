"""What there is of an environment: its stacks, its units, and which of them has the route."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from deploy.stack import Stack
from deploy.stacks import Stacks
from deploy.units import EVERY_UNIT, Unit

SHARED: Final = ("network", "data", "registry", "edge", "cluster")
ROUTES: Final = ("UsersTargetGroup", "OrdersTargetGroup", "DefaultTargetGroup")


@dataclass(frozen=True, slots=True)
class Place:
    """An environment of an application, whose names begin everything."""

    app: str
    environment: str

    def name(self, stack: str) -> str:
        """The full name of a stack."""
        return f"{self.app}-{self.environment}-{stack}"

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
        return [unit for unit in EVERY_UNIT if unit.stack in self.stacks]

    @property
    def routed(self) -> list[Unit]:
        """Those that the load balancer sends requests to."""
        edge = self.stacks.get("edge")
        groups = {edge.parameters.get(route) for route in ROUTES} - {None, ""} if edge else set()
        return [unit for unit in self.units if self.target_group(unit) in groups]

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
    short = {place.name(each): each for each in (*SHARED, *(unit.stack for unit in EVERY_UNIT))}
    return Picture({short[name]: stack for name, stack in stacks.all(short).items()})


def routes(groups: Mapping[str, str]) -> dict[str, str]:
    """The load balancer's rules, for the target groups of these units by name; what has no API goes to the first."""
    rest = next((groups[name] for name in ("all", "users", "orders") if name in groups), "")
    return dict(zip(ROUTES, (groups.get("users", ""), groups.get("orders", ""), rest), strict=True))


def needs_nat(units: Iterable[Unit]) -> bool:
    """Whether something runs in the private subnets that calls AWS from there."""
    return any(unit.compute in {"ecs", "eks"} for unit in units)
