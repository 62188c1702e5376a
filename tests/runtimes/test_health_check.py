"""`python -m containers.entrypoints.health`, which container engines and ECS ask."""

import subprocess
import sys
from pathlib import Path

from tests.runtimes.processes import serving


def status(port: int | str) -> int:
    command = [sys.executable, "-m", "containers.entrypoints.health"]
    return subprocess.run(command, env={"PORT": str(port)}, check=False).returncode


def test_it_succeeds_where_the_server_is_running_and_fails_where_none_listens(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        assert status(served.port) == 0
    assert status(served.port) == 1
