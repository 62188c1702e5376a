"""What runs, and how it is."""

from collections import Counter

from rich.table import Table

from deploy.picture import Picture
from deploy.run import Run
from deploy.units import Unit


def status(run: Run) -> Table:
    """A row for each unit that there is."""
    picture = run.look()
    outputs = picture.outputs()
    address = outputs.get("Url", "nowhere")
    table = Table(title=f"{run.place.app}-{run.place.environment} at {address}", title_justify="left")
    for heading in ("unit", "compute", "serves", "route", "stack", "health", "runs", "url"):
        table.add_column(heading, overflow="fold")
    for unit in picture.units:
        stack = picture.stacks[unit.stack]
        table.add_row(
            unit.name,
            unit.compute,
            stack.parameters.get("Services", ""),
            "yes" if unit in picture.routed else "no",
            stack.status,
            _health(run, unit, picture),
            _runs(run, unit, picture),
            stack.outputs.get("FunctionUrl") or (address if unit in picture.routed else ""),
        )
    return table


def _health(run: Run, unit: Unit, picture: Picture) -> str:
    stack = picture.stacks[unit.stack]
    if stack.is_busy or not stack.outputs:
        return "unknown"
    condition = run.health.check(unit, stack)
    counted = ", ".join(f"{count} {state}" for state, count in sorted(Counter(condition.states).items()))
    return condition.problem or counted or "healthy"


def _runs(run: Run, unit: Unit, picture: Picture) -> str:
    parameters = picture.stacks[unit.stack].parameters
    if unit.compute == "eks":
        return "" if run.tools.missing("kubectl") else run.kubernetes.running(unit)[0]
    return parameters.get("ImageUri") or f"ZIP {parameters.get('CodeKey', '')}"
