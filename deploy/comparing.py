"""What is asked of the old and the new units during a move, from where the load balancer is reached."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from deploy.errors import DeployError
from deploy.inside_network import InsideNetwork
from deploy.run import Run
from deploy.state import DeployedState
from deploy.units import Unit
from parity.moves import Differences
from parity.moves.load_balancer import LoadBalancer
from parity.token_command import NoToken, token_of

_UNFINISHED: Final = "The route was not changed, because the gate was not finished: {}."
_AGAIN: Final = "Run the same command again, or move without it: --no-gate."


class Comparing(Protocol):
    """Sends requests to both units, and reports what differs. Each method raises `DeployError`."""

    def differences(self, pairs: Mapping[str, tuple[Unit, Unit]], *, write: bool) -> Differences:
        """Return what the new unit of each entity answers differently."""

    def why_worse(self, pairs: Sequence[tuple[str, Unit, Unit]], seconds: float) -> str:
        """Return why the new unit of a path fails more often or is slower, in this time; empty if it does not."""


@dataclass(frozen=True, slots=True)
class FromHere:
    """Requests that this machine sends."""

    balancer: LoadBalancer

    def differences(self, pairs: Mapping[str, tuple[Unit, Unit]], *, write: bool) -> Differences:
        """Play the corpus from here."""
        from parity.moves.gate import Unfinished, differences  # noqa: PLC0415  # loads the corpus

        named = {entity: (old.stack, new.stack) for entity, (old, new) in pairs.items()}
        try:
            return differences(self.balancer, named, write=write)
        except Unfinished as error:
            raise DeployError(_UNFINISHED.format(error), _AGAIN) from error

    def why_worse(self, pairs: Sequence[tuple[str, Unit, Unit]], seconds: float) -> str:
        """Send the requests from here."""
        from parity.moves.measuring import measure  # noqa: PLC0415  # not before it is needed

        return measure(self.balancer, [(path, old.stack, new.stack) for path, old, new in pairs], seconds, time.sleep)


def comparing(run: Run, state: DeployedState, units: Sequence[Unit]) -> Comparing | None:
    """Return what compares these units; `None` if neither this machine nor one of them can. Raises `DeployError`.

    A unit is asked only if a comparison was: it needs a task, which takes a minute.
    """
    url = run.specs.settings(state)["public_url"] or state.outputs().get("Url", "")
    if not url:
        return None
    try:
        token = token_of(run.options.token_command)
    except NoToken as problem:
        raise DeployError(str(problem)) from problem
    balancer = LoadBalancer(url, run.options.connect_to, token)
    if balancer.answers():
        return FromHere(balancer)
    options = run.options
    if options.gate == "off" and not options.bake and len(options.shift) == 1:
        return None
    inside = [unit for compute in ("ecs", "eks") for unit in units if unit.compute == compute]
    return InsideNetwork(run, state, inside[0], balancer) if inside else None
