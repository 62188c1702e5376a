"""The route moves step by step, and goes back to the old units when a check fails (docs/adr/0034)."""

from collections.abc import Iterable
from dataclasses import dataclass

from deploy.capacity import give_capacity
from deploy.comparing import Comparing, comparing
from deploy.errors import DeployError
from deploy.routes import Routes, divided, entity_routes, routes, serving, settled, whole
from deploy.run import Run
from deploy.state import DeployedState
from deploy.step_checks import StepChecks
from deploy.units import Unit


class CheckFailed(DeployError):
    """The new units did not pass a check. The old ones have the route."""


@dataclass(slots=True)
class Shift:
    """One move of the route to other units."""

    run: Run
    state: DeployedState
    old: Routes
    new: Routes

    @classmethod
    def to(cls, run: Run, state: DeployedState, groups: dict[str, str]) -> "Shift":
        """Return the move to these target groups, by the names of units."""
        return cls(run, state, settled(state.parameters("edge")), routes(groups))

    @property
    def pairs(self) -> dict[str, tuple[Unit, Unit]]:
        """The old and the new unit of each entity that is served, and moves."""
        units = {self.state.target_group(unit): unit for unit in self.state.units}
        found = {}
        for entity, route in entity_routes().items():
            old, new = units.get(serving(self.old, route)), units.get(serving(self.new, route))
            if old and new and old != new and entity in self.state.served.get(old, []):
                found[entity] = (old, new)
        return found

    def perform(self) -> None:
        """Move the requests of callers, if somebody has them. Raises `CheckFailed`."""
        pairs = self.pairs
        if not pairs:
            return
        old, new = _unique(pair[0] for pair in pairs.values()), _unique(pair[1] for pair in pairs.values())
        give_capacity(self.run, self.state, new, old)
        for unit in new:
            self.run.health.wait(unit, self.state.stacks[unit.stack])
        compared = comparing(self.run, self.state, [*new, *old])
        self._play_gate(compared)
        checks = StepChecks(self.run, self.state, pairs, compared)
        for percent in self.run.options.shift:
            self.run.say(f"{_names(new)} gets {percent} % of the requests.")
            self._apply(divided(self.old, self.new, percent))
            if problem := checks.problem(percent):
                self.run.say(f"{problem}.\nThe route goes back to {_names(old)}.")
                self._apply(whole(self.old))
                raise CheckFailed(f"The move was undone at {percent} %: {problem}.", _remedy(old, new))

    def _play_gate(self, compared: Comparing | None) -> None:
        if compared is None or self.run.options.gate == "off":
            reason = "--no-gate" if compared else "the load balancer does not answer this machine"
            self.run.say(f"The answers of the units are not compared: {reason}.")
            return
        number, first = compared.differences(self.pairs, write=self.run.options.gate == "write")
        if number:
            shown = "\n".join(first)
            raise CheckFailed(
                f"The route was not changed, because the new units give {number} other answers. The first of them; "
                f"expected is what the old units answer:\n{shown}",
                "If you want these differences, give --no-gate.",
            )
        self.run.say("The new units answer as the old ones do.")

    def _apply(self, parameters: dict[str, str]) -> None:
        self.run.stacks.apply([self.run.specs.routed(self.state, parameters)])


def _remedy(old: list[Unit], new: list[Unit]) -> str:
    return (
        f"{_names(old)} has the route again. {_names(new)} is still deployed; requests with the header X-Preview-Unit: "
        f"{new[0].stack} reach it. Remove the cause and run the same command again, or delete it with: "
        f"up {' '.join(map(str, old))}"
    )


def _names(units: list[Unit]) -> str:
    return ", ".join(map(str, units))


def _unique(units: Iterable[Unit]) -> list[Unit]:
    return list(dict.fromkeys(units))
