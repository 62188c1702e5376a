"""Subjects as processes, each with the environment that it is given and no other."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import programs
from benchmarks.environments import environment
from benchmarks.subjects import HOST, OURS, SERVERS

PATIENCE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that answers, and what it printed."""

    base_url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def serving(subject: str, directory: Path, environ: Mapping[str, str]) -> Iterator[Serving]:
    """The server of that name, on a free port and with that environment only, listening until the block ends.

    Its log is in the directory, which it also works in. Raises RuntimeError, with its log, if it does not start.
    """
    port = _free_port()
    command = SERVERS[subject].command(port)
    log = directory / f"{subject}-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # made of the tables above, without a shell
            command,
            cwd=directory,
            env={"PATH": os.defpath, **SERVERS[subject].environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_it_listens(subject, process, port, log)
        yield Serving(f"http://{HOST}:{port}", process, log)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def migrate(directory: Path, environ: Mapping[str, str]) -> None:
    """Make the tables of that environment's store. Raises CalledProcessError."""
    run(programs.shapeshift(["migrate"], environment("ours_server")), directory, {**OURS, **environ})


def run(command: Sequence[str], directory: Path, environ: Mapping[str, str]) -> str:
    """What a command prints that is run to its end with that environment only. Raises CalledProcessError."""
    ran = subprocess.run(  # made of the tables above, without a shell
        command,
        cwd=directory,
        env={"PATH": os.defpath, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _wait_until_it_listens(subject: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"{subject} does not listen (status {process.poll()}):\n{log.read_text()}")
