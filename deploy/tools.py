"""The one way to the programs that are not Python: docker and kubectl."""

import shutil
import subprocess
from collections.abc import Callable

from deploy.errors import DeployError


class ToolFailed(DeployError):
    """A program ended with a failure."""

    def __init__(self, command: tuple[str, ...], status: int, output: str) -> None:
        super().__init__(f"{' '.join(command[:3])} failed ({status}):\n{output.strip()}")
        self.status = status


class Tools:
    """Runs programs, and says so."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    @staticmethod
    def missing(program: str) -> bool:
        """Whether there is no such program."""
        return shutil.which(program) is None

    def run(self, *command: str, stdin: str | None = None, expected: tuple[int, ...] = (0,)) -> str:
        """Run it to its end, and return what it printed. Raises `ToolFailed`; arguments must hold no secret."""
        self._say(f"$ {' '.join(command)}")
        ran = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        if ran.returncode not in expected:
            raise ToolFailed(command, ran.returncode, ran.stderr or ran.stdout)
        return ran.stdout
