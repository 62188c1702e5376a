"""What is deployed where: a unit is the whole service or one half of it, on one compute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from deploy.errors import DeployError

SERVICES: Final = {"all": "users,orders", "users": "users", "orders": "orders"}
COMPUTES: Final = ("lambda", "ecs", "eks")


@dataclass(frozen=True, slots=True)
class Unit:
    """Such as `users=ecs`."""

    name: str
    compute: str

    def __str__(self) -> str:
        return f"{self.name}={self.compute}"

    @property
    def stack(self) -> str:
        """The stack's name, without that of the environment; also what X-Preview-Unit says."""
        return f"{self.name}-{self.compute}"

    @property
    def services(self) -> str:
        """The APIs that it serves."""
        return SERVICES[self.name]

    @property
    def image(self) -> str:
        """The kind of image that it runs."""
        return "lambda" if self.compute == "lambda" else "service"

    @property
    def preview_priority(self) -> str:
        """A priority on the listener that no other unit has."""
        return f"{list(SERVICES).index(self.name) + 1}{COMPUTES.index(self.compute) + 1}"


EVERY_UNIT: Final = tuple(Unit(name, compute) for name in SERVICES for compute in COMPUTES)


def parse(words: Sequence[str]) -> list[Unit]:
    """The units that were named. Raises `DeployError` for words that name none, or that contradict one another."""
    units = []
    for word in words:
        name, _, compute = word.partition("=")
        if name not in SERVICES or compute not in COMPUTES:
            raise DeployError(
                f"{word} is no unit.",
                "Units are all=COMPUTE, users=COMPUTE and orders=COMPUTE, of lambda, ecs and eks.",
            )
        units.append(Unit(name, compute))
    names = [unit.name for unit in units]
    if len(set(names)) < len(names):
        raise DeployError(f"{' '.join(words)} names a unit twice.")
    if "all" in names and len(names) > 1:
        raise DeployError(f"{' '.join(words)} cannot be: all is users and orders together.")
    return units


def wanted(asked: Sequence[Unit], routed: Iterable[Unit]) -> list[Unit]:
    """What shall have the route. Of a split, the half that is not named stays where it is.

    Raises `DeployError` where a part would be lost without a word.
    """
    names = {unit.name for unit in asked}
    if "all" in names:
        return list(asked)
    other = next(iter({"users", "orders"} - names), None)
    now = {unit.name: unit for unit in routed}
    if other and "all" in now:
        raise DeployError(
            f"{now['all']} serves {other}, too: say where that goes.",
            f"Such as: {' '.join(map(str, asked))} {other}=ecs",
        )
    return [*asked, now[other]] if other in now else list(asked)
