"""What is deployed in an environment: its stacks, its units, and which of them serve requests."""

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.environment import Environment
from deploy.routes import settled, shares
from deploy.stack import FAILED_CREATION, Stack
from deploy.stacks import Stacks
from deploy.template import SHARED
from deploy.units import Unit, every_unit


@dataclass(frozen=True, slots=True)
class DeployedState:
    """The stacks that exist, by their short names."""

    stacks: Mapping[str, Stack]

    @property
    def units(self) -> list[Unit]:
        """The units that have a stack."""
        return [unit for unit in every_unit() if unit.stack in self.stacks]

    @property
    def routed(self) -> list[Unit]:
        """The units that have the route. A unit to which a move has not ended yet does not have it."""
        edge = self.stacks.get("edge")
        groups = {*settled(edge.parameters).values()} - {""} if edge else set()
        return [unit for unit in self.units if self.target_group(unit) in groups]

    @property
    def receiving(self) -> dict[Unit, int]:
        """The units that the load balancer sends requests to, and how many percent of those of their paths."""
        weights = shares(self.stacks["edge"].parameters) if "edge" in self.stacks else {}
        groups = {unit: self.target_group(unit) or "" for unit in self.units}
        return {unit: weights[group] for unit, group in groups.items() if weights.get(group)}

    @property
    def served(self) -> dict[Unit, list[str]]:
        """The entities that each routed unit serves as it is deployed; they may be fewer than are listed now."""
        return {unit: self.stacks[unit.stack].parameters.get("Services", "").split(",") for unit in self.routed}

    def target_group(self, unit: Unit) -> str | None:
        """Return the ARN of the unit's target group."""
        stack = self.stacks.get(unit.stack)
        return stack.outputs.get("TargetGroupArn") if stack else None

    def url(self, unit: Unit) -> str:
        """Return a function's own URL; empty if the unit has none."""
        stack = self.stacks.get(unit.stack)
        return stack.outputs.get("FunctionUrl", "") if stack else ""

    def parameters(self, stack: str) -> Mapping[str, str]:
        """Return the parameters of a stack; none if it does not exist, or has to be created again."""
        found = self.stacks.get(stack)
        return found.parameters if found and found.status not in FAILED_CREATION else {}

    def outputs(self) -> dict[str, str]:
        """Return the outputs of the shared stacks. Other stacks have parameters of the same names."""
        shared = [self.stacks[name] for name in SHARED if name in self.stacks]
        return {key: value for stack in shared for key, value in stack.outputs.items()}


def read_state(stacks: Stacks, environment: Environment) -> DeployedState:
    """Ask AWS what is deployed now."""
    names = [*SHARED, *(unit.stack for unit in every_unit())]
    short = {environment.resource_name(name): name for name in names}
    return DeployedState({short[name]: stack for name, stack in stacks.all(short).items()})
