"""Return to an earlier release, without a build."""

from collections.abc import Callable

from deploy.artifacts import Artifact
from deploy.errors import DeployError
from deploy.releases import Release
from deploy.run import Run
from deploy.state import DeployedState
from deploy.units import Unit
from deploy.up import deploy


def rollback(run: Run, number: int | None, confirm: Callable[[], None]) -> str:
    """Deploy what a release ran, give it the route, and return how to reach it.

    Without a number it is the newest release that is not what has the route now, or the one that a move which did not
    end began with. A unit that still exists only gets
    the route. Answers are not compared: those of the release that is left may be wrong. Raises `DeployError`.
    """
    state = run.read_state()
    release = _choose(run, state, number)
    artifacts = {unit: _artifact(run, release, unit) for unit in release.units}
    run.say(f"Release {release.number}, of {release.at:%Y-%m-%d %H:%M}:")
    return deploy(run, state, list(release.units), lambda _state: artifacts, confirm)


def _choose(run: Run, state: DeployedState, number: int | None) -> Release:
    releases = run.releases.all()
    if number is None and state.receiving.keys() - {*state.routed}:
        candidates = releases[:1]  # a move has not ended: what it began with is what has the route
        wanted = "There is no release yet."
    elif number is not None:
        candidates = [release for release in releases if release.number == number]
        wanted = f"There is no release {number}."
    else:
        now = {unit: run.releases.running(unit, state) for unit in state.routed}
        candidates = [release for release in releases if release.units != now]
        wanted = "There is no earlier release."
    if not candidates:
        raise DeployError(wanted, "`status` lists the releases.")
    return candidates[0]


def _artifact(run: Run, release: Release, unit: Unit) -> Artifact:
    """Return what the unit ran, with all its parameters. Raises `DeployError` if AWS does not have it any more."""
    artifact = Artifact(run.releases.defaults(unit) | dict(release.units[unit]))
    if not run.artifacts.is_available(unit, artifact):
        runs = artifact.parameters["ImageUri"] or artifact.parameters["CodeKey"]
        raise DeployError(f"Nothing was changed: release {release.number} of {unit} ran {runs}, which was deleted.")
    return artifact
