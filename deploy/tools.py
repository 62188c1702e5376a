"""Other programs: docker, kubectl, pip."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from deploy.errors import DeployError

_INSTALL: Final = {
    "docker": "Docker (docs.docker.com/get-docker), or podman with its docker command (package podman-docker).",
    "kubectl": "kubectl (kubernetes.io/docs/tasks/tools).",
}
_LAST_LINES: Final = 15


class ToolFailed(DeployError):
    """A program is missing, or failed. The message has the command and the last lines that it printed."""

    def __init__(self, command: tuple[str, ...], status: int, output: str) -> None:
        last = [line for line in output.splitlines() if line.strip()][-_LAST_LINES:]
        super().__init__(f"`{' '.join(command)}` failed ({status}):", "\n".join(f"  {line}" for line in last))
        self.status = status


class Tools:
    """Runs programs, and reports what they print while they run."""

    def __init__(self, say: Callable[[str], None] = lambda _: None) -> None:
        """`say` gets each command, and each line that it prints on standard error."""
        self._say = say

    @staticmethod
    def missing(program: str) -> bool:
        """Whether the program is not installed."""
        return shutil.which(program) is None

    def run(self, *command: str, stdin: str = "", expected: tuple[int, ...] = (0,)) -> str:
        """Run a program, and return its standard output. Arguments must contain no secret. Raises `ToolFailed`."""
        if self.missing(command[0]):
            raise ToolFailed(command, 127, f"It is not installed. Get {_INSTALL.get(command[0], command[0])}")
        self._say(f"$ {' '.join(command)}")
        errors = []
        with tempfile.TemporaryFile("w+") as output:
            with subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.PIPE, text=True
            ) as process:
                assert process.stdin  # noqa: S101  # both are pipes
                assert process.stderr  # noqa: S101
                with suppress(BrokenPipeError), process.stdin as pipe:  # a program that fails at once reads nothing
                    pipe.write(stdin)
                for line in process.stderr:
                    errors.append(line)
                    self._say(line.rstrip())
            output.seek(0)
            printed = output.read()
        if process.returncode not in expected:
            raise ToolFailed(command, process.returncode, "".join(errors) or printed)
        return printed
