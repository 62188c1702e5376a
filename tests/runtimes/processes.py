"""The real command, run as a process of its own in a directory of its own, with only the environment that is given."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from loopback.patience import PATIENCE_SECONDS

Json = dict[str, Any]

COMMAND = Path(sys.executable).with_name("shapeshift")
SERVE = (str(COMMAND), "serve", "--port", "0")

_LISTENS = re.compile(r"running on http://(?:127\.0\.0\.1|\[::\]):(?!0\b)(\d+)")


@dataclass
class Served:
    """A server that runs, and what it printed."""

    process: subprocess.Popen[bytes]
    log: Path
    base_url: str = ""
    awaited: str = "200"

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def lines(self) -> list[Json]:
        """The log, of which every line must be a JSON object."""
        return [json.loads(line) for line in self.output.splitlines()]

    @property
    def port(self) -> int:
        return int(self.base_url.rpartition(":")[2])

    def client(self) -> httpx.Client:
        # Nothing here is encrypted: loading certificates would be most of a client's cost.
        return httpx.Client(base_url=self.base_url, trust_env=False, verify=False, timeout=PATIENCE_SECONDS)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def status(self) -> int:
        """The exit status, once the process has ended."""
        return self.process.wait(PATIENCE_SECONDS)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.send(number)
        return self.status()

    def is_ready(self) -> bool:
        assert self.process.poll() is None, f"the server ended with {self.process.returncode}:\n{self.output}"
        found = _LISTENS.search(self.output)
        if not found:
            return False
        self.base_url = f"http://127.0.0.1:{found[1]}"
        try:
            answer = httpx.get(f"{self.base_url}/api/health/ready", trust_env=False, verify=False)
            return str(answer.status_code) == self.awaited
        except httpx.TransportError:
            return False


def read_all(client: httpx.Client, path: str) -> list[Json]:
    """Every item of a list, page by page along the Link headers."""
    items: list[Json] = []
    url: httpx.URL | None = client.base_url.join(f"{path}?limit=100")
    while url is not None:
        response = client.get(url).raise_for_status()
        items += response.json()
        following = response.links.get("next")
        url = response.url.join(following["url"]) if following else None
    return items


def wait_until(fact: Callable[[], bool], explain: Callable[[], str] = lambda: "") -> None:
    """Return as soon as it is so; fail if it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not fact():
        assert time.monotonic() < deadline, f"not so after {PATIENCE_SECONDS:g} seconds\n{explain()}"
        time.sleep(0.02)


@contextmanager
def serving(
    directory: Path, *arguments: str, awaited: str = "200", command: Sequence[str] = SERVE, **environ: str
) -> Iterator[Served]:
    """`shapeshift serve`, or another command, in that directory, on a port of the system's choice, ready until the
    block ends."""
    log = directory / f"serve-{len(list(directory.glob('serve-*.log')))}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *arguments],
            cwd=directory,
            env=_clean(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    served = Served(process, log, awaited=awaited)
    try:
        wait_until(served.is_ready, lambda: served.output)
        yield served
    finally:
        _end(process)


def run(directory: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A `shapeshift` command in that directory, to its end."""
    return run_program(COMMAND, directory, *arguments, **environ)


def run_program(command: Path, directory: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A program in that directory, to its end."""
    return subprocess.run(
        [command, *arguments],
        cwd=directory,
        env=_clean(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def _clean(environ: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": os.defpath, **environ}


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
