"""Checks before anything is changed. All problems are reported at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.artifacts import Artifact, Artifacts
from deploy.errors import Problems
from deploy.tools import ToolFailed, Tools
from deploy.units import Unit


@dataclass(slots=True)
class Preflight:
    """The checks of one run."""

    artifacts: Artifacts
    tools: Tools

    def check(self, units: Sequence[Unit], artifacts: Sequence[Artifact]) -> None:
        """Check docker if this run builds images, and kubectl if it has pods. Raises `Problems`."""
        problems = []
        if any(unit.compute == "eks" for unit in units) and self.tools.missing("kubectl"):
            problems.append("kubectl is not installed, and pods on EKS need it: https://kubernetes.io/docs/tasks/tools")
        builds = sorted({each.build for each in artifacts if each.build and not self.artifacts.exists(each)})
        if builds and (trouble := self._docker()):
            options = " and ".join(f"--{kind}-image URI" for kind in builds)
            problems.append(f"{trouble}, and images must be built; or name images that exist: {options}")
        problems += [f"{each.upload} is not a file" for each in artifacts if each.upload and not each.upload.is_file()]
        if problems:
            raise Problems(problems)

    def _docker(self) -> str:
        if self.tools.missing("docker"):
            return "docker is not installed"
        try:
            self.tools.run("docker", "info")
        except ToolFailed:
            return "docker is installed but does not respond (docker info)"
        return ""
