"""AWS's own Lambda runtime interface emulator: a program, AWS's own runtime client in it, as a function on loopback."""

import importlib.util
import os
import platform
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from loopback.patience import PATIENCE_SECONDS

ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64"}


@dataclass
class Function:
    """A function that can be invoked, and what it and the emulator printed."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def invoke(self, event: Any) -> Any:
        """Send an event, and return what the handler returned."""
        return httpx.post(self.url, json=event, trust_env=False, timeout=PATIENCE_SECONDS).raise_for_status().json()

    def terminate_runtime(self) -> None:
        """Tell the handler's process to end, as Lambda does when it shuts an environment down."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        for pid in (int(pid) for each in children for pid in each.read_text().split()):
            os.kill(pid, signal.SIGTERM)


def emulator() -> Path | None:
    """The emulator's binary for this machine, where there is one."""
    package = importlib.util.find_spec("samcli")
    if platform.system() != "Linux" or package is None or package.origin is None:
        return None
    machine = ARCHITECTURES.get(platform.machine(), "")
    binary = Path(package.origin).parent / "local" / "rapid" / f"aws-lambda-rie-{machine}"
    return binary if binary.exists() else None


@contextmanager
def function(directory: Path, runtime: Sequence[str | Path], **environ: str) -> Iterator[Function]:
    """The function whose environments are processes of that command, with that environment, until the block ends."""
    binary = emulator()
    assert binary
    executable = directory / "rie"
    executable.write_bytes(binary.read_bytes())
    executable.chmod(0o755)
    addresses = [f"127.0.0.1:{port}" for port in _free_ports(2)]
    log = directory / "lambda.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(executable, "--runtime-interface-emulator-address", addresses[0]),
                *("--runtime-api-address", addresses[1], "--log-level", "error"),
                *runtime,
            ],
            cwd=directory,
            env={
                "PATH": os.defpath,
                "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
                "AWS_LAMBDA_FUNCTION_NAME": "shop",
                "AWS_LAMBDA_FUNCTION_TIMEOUT": "30",
                **environ,
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        host, port = addresses[0].split(":")
        _wait_until_it_listens(host, int(port), log)
        yield Function(f"http://{addresses[0]}/2015-03-31/functions/function/invocations", process, log)
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # a session of its own: the emulator and the handler that it started
        process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _wait_until_it_listens(host: str, port: int, log: Path) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.01)
    raise AssertionError(f"The emulator does not listen:\n{log.read_text()}")
