"""Which units are deployed, and whether they are healthy."""

from collections import Counter

from rich.table import Table

from deploy.run import Run
from deploy.state import DeployedState
from deploy.units import Unit


def status(run: Run) -> Table:
    """Return a table with a row for each deployed unit."""
    state = run.read_state()
    outputs = state.outputs()
    address = outputs.get("Url", "nowhere")
    table = Table(title=f"{run.environment.full_name} at {address}", title_justify="left")
    for heading in ("unit", "compute", "serves", "route", "stack", "health", "runs", "url"):
        table.add_column(heading, overflow="fold")
    for unit in state.units:
        stack = state.stacks[unit.stack]
        table.add_row(
            unit.name,
            unit.compute,
            stack.parameters.get("Services", ""),
            "yes" if unit in state.routed else "no",
            stack.status,
            _health(run, unit, state),
            _runs(run, unit, state),
            stack.outputs.get("FunctionUrl") or (address if unit in state.routed else ""),
        )
    return table


def _health(run: Run, unit: Unit, state: DeployedState) -> str:
    stack = state.stacks[unit.stack]
    if stack.is_busy or not stack.outputs:
        return "unknown"
    condition = run.health.check(unit, stack)
    counted = ", ".join(f"{count} {state}" for state, count in sorted(Counter(condition.states).items()))
    return condition.problem or counted or "healthy"


def _runs(run: Run, unit: Unit, state: DeployedState) -> str:
    parameters = state.stacks[unit.stack].parameters
    if unit.compute == "eks":
        return "" if run.tools.missing("kubectl") else run.kubernetes.running(unit)[0]
    return parameters.get("ImageUri") or f"ZIP {parameters.get('CodeKey', '')}"
