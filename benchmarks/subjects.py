"""What is measured: our service and its peers, as servers and as functions, and how each is run."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks import programs
from benchmarks.environments import ROOT, environment

PATIENCE_SECONDS: Final = 30.0
HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Server:
    """A program that listens. `app` is what uvicorn is given; ours has a command that serves it.

    `environ` are variables that it always needs.
    """

    title: str
    environment: str
    app: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)

    def command(self, port: int, root: Path = ROOT) -> list[str]:
        """The command that serves it on that port of loopback."""
        built = environment(self.environment, root)
        if self.app is None:
            return programs.shapeshift(["serve", "--host", HOST, "--port", str(port)], built)
        return programs.uvicorn(self.app, port, built)


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda handler: its dotted path, the sources whose events it answers, and variables that it always needs."""

    title: str
    environment: str
    handler: str
    sources: tuple[str, ...] = ("http_api", "alb", "alb_multi_value")
    environ: Mapping[str, str] = field(default_factory=dict)

    def command(self, root: Path = ROOT) -> list[str]:
        """The command that the emulator runs: AWS's runtime client with this handler."""
        built, client = environment(self.environment, root), environment("runtime_client", root)
        return programs.runtime_client(self.handler, built, client)

    def python(self, code: str, root: Path = ROOT) -> list[str]:
        """The command that runs other code where this handler can be imported."""
        return programs.python(code, environment(self.environment, root))


_PEERS: Final = "benchmarks.peers"
_V2_ONLY: Final = ("http_api",)
_OURS: Final = {"CURSOR_SECRET": "of no value", "ORDERS_TABLE": "orders"}

SERVERS: Final[Mapping[str, Server]] = {
    "ours": Server("shapeshift", "ours_server", environ=_OURS),
    "fastapi_boto3": Server("FastAPI, boto3", "fastapi_server", f"{_PEERS}.fastapi_boto3:app"),
    "fastapi_memory": Server("FastAPI, in memory", "fastapi_server", f"{_PEERS}.fastapi_memory:app"),
    "fastapi_sqlalchemy": Server("FastAPI, SQLAlchemy", "fastapi_server", f"{_PEERS}.fastapi_sqlalchemy:app"),
    "bare_asgi": Server("bare ASGI", "bare", f"{_PEERS}.bare_asgi:app"),
}
"""The only table of servers. Those with a database are told of it by DATABASE_URL; ours also by STORE."""

FUNCTIONS: Final[Mapping[str, Function]] = {
    "ours": Function(
        "shapeshift",
        "ours_lambda",
        "containers.entrypoints.aws_lambda.handler",
        environ=_OURS,
    ),
    "fastapi_boto3": Function("FastAPI, boto3", "fastapi_lambda", f"{_PEERS}.fastapi_boto3.handler"),
    "fastapi_memory": Function("FastAPI, in memory", "fastapi_lambda", f"{_PEERS}.fastapi_memory.handler"),
    "powertools": Function("Powertools", "powertools", f"{_PEERS}.powertools.handler", _V2_ONLY),
    "bare_asgi": Function("bare ASGI", "bare", f"{_PEERS}.bare_asgi.handler"),
    "bare_handler": Function("bare handler", "bare", f"{_PEERS}.bare_handler.handler", _V2_ONLY),
}
"""The only table of functions. Those with a table are told its name by USERS_TABLE; ours, its store by STORE."""


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
    run(programs.shapeshift(["migrate"], environment("ours_server")), directory, {**_OURS, **environ})


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
