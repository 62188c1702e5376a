"""Which units are deployed, and whether they are healthy."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC
from typing import Final

from rich.table import Table

from deploy.run import Run
from deploy.state import DeployedState
from deploy.units import Unit

_RELEASES_SHOWN: Final = 10


def status(run: Run) -> tuple[Table, Table]:
    """Return a table with a row for each deployed unit, and one of the releases."""
    state = run.read_state()
    outputs = state.outputs()
    address = outputs.get("Url", "nowhere")
    table = Table(title=f"{run.environment.full_name} at {address}", title_justify="left")
    for heading in ("unit", "compute", "serves", "route", "stack", "health", "runs", "url"):
        table.add_column(heading, overflow="fold")
    held = run.lock.read()
    table.caption = f"Being changed by {held.holder}" if held and held.holder and not held.why_dead else None
    for unit in state.units:
        stack = state.stacks[unit.stack]
        table.add_row(
            unit.name,
            unit.compute,
            stack.parameters.get("Services", ""),
            _route(unit, state),
            stack.status,
            _health(run, unit, state),
            _runs(run, unit, state),
            state.url(unit) or (address if unit in state.routed else ""),
        )
    return table, _releases(run)


def _releases(run: Run) -> Table:
    releases = run.releases.all()[:_RELEASES_SHOWN]
    table = Table(title="Releases: `rollback` returns to the one before", title_justify="left")
    for heading in ("release", "since (UTC)", "units", "by"):
        table.add_column(heading, overflow="fold")
    for release in releases:
        units = "\n".join(f"{unit} {_ran(parameters)}" for unit, parameters in release.units.items())
        table.add_row(str(release.number), f"{release.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", units, release.by)
    for unit, until in releases[0].kept.items() if releases else ():
        table.add_row("", "", f"{unit} is kept until {until:%Y-%m-%d %H:%M}", "")
    return table


def _ran(parameters: Mapping[str, str]) -> str:
    return parameters.get("ImageUri") or f"ZIP {parameters.get('CodeKey', '')}"


def _route(unit: Unit, state: DeployedState) -> str:
    percent = state.receiving.get(unit, 0)
    return {0: "no", 100: "yes"}.get(percent, f"{percent} %")


def _health(run: Run, unit: Unit, state: DeployedState) -> str:
    stack = state.stacks[unit.stack]
    if stack.is_busy or not stack.outputs:
        return "unknown"
    condition = run.health.check(unit, stack)
    counted = ", ".join(f"{count} {state}" for state, count in sorted(Counter(condition.states).items()))
    return condition.problem or counted or "healthy"


def _runs(run: Run, unit: Unit, state: DeployedState) -> str:
    if unit.compute == "eks":
        return "" if run.tools.missing("kubectl") else run.kubernetes.running(unit)[0]
    return _ran(state.stacks[unit.stack].parameters)
