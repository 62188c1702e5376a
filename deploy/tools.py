"""The one way in which the deployment calls programs: docker, kubectl, pip."""

import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress

_INSTALL = {
    "docker": "Docker (docs.docker.com/get-docker), or podman with its docker command",
    "kubectl": "kubectl (kubernetes.io/docs/tasks/tools)",
}
_LAST_LINES = 15


class ToolFailed(Exception):
    """A program is missing or failed; the text names the command, and shows the last lines that it printed."""


class Tools:
    """Runs programs, and hands on what they print while they print it."""

    def __init__(self, show: Callable[[str], None] = lambda _: None) -> None:
        """`show` is given each line, to show how far a long run has come."""
        self._show = show

    def find(self, tool: str) -> str:
        """The path of a program. Raises `ToolFailed` with what to install."""
        path = shutil.which(tool)
        if path is None:
            raise ToolFailed(f"{tool} is needed, and is not installed: install {_INSTALL.get(tool, tool)}.")
        return path

    def run(self, *command: str, stdin: str = "") -> str:
        """Run a command to its end, and return what it printed. Raises `ToolFailed`.

        `stdin` is for what may not be seen in a list of processes; it must be small.
        """
        lines = []
        with (
            subprocess.Popen(  # noqa: S603  # the command is ours, and no shell reads it
                [self.find(command[0]), *command[1:]],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process
        ):
            assert process.stdin  # noqa: S101  # they are pipes
            assert process.stdout  # noqa: S101
            with suppress(BrokenPipeError), process.stdin as pipe:  # a command that fails at once does not read
                pipe.write(stdin)
            for line in process.stdout:
                lines.append(line.rstrip())
                self._show(lines[-1])
        if process.returncode:
            raise ToolFailed(f"`{' '.join(command)}` failed with status {process.returncode}:\n{_last(lines)}")
        return "\n".join(lines)

    def works(self, *command: str) -> bool:
        """Whether a command succeeds."""
        try:
            self.run(*command)
        except ToolFailed:
            return False
        return True


def _last(lines: list[str]) -> str:
    return "\n".join(f"  {line}" for line in [line for line in lines if line][-_LAST_LINES:])
