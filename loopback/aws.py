"""AWS on loopback: an emulator or a stub as a process of its own, on a free port, for as long as the block lasts."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx

from loopback.patience import PATIENCE_SECONDS

REGION = "eu-central-1"


@contextmanager
def ministack(directory: Path, services: str) -> Iterator[dict[str, str]]:
    """Those services of AWS; yields the environment variables that lead the SDK to them."""
    with _emulator(directory, [Path(sys.executable).with_name("ministack")], SERVICES=services) as environ:
        yield environ


@contextmanager
def cloud(directory: Path, **options: str) -> Iterator[dict[str, str]]:
    """All of AWS that a deployment needs; yields as `ministack` does, with the account's own credentials.

    With the option AUTH=true, policies are enforced. With DOCKER_HOST, functions from images run in containers.
    """
    command = [sys.executable, "-m", "loopback.cloud"]
    defaults = {"DOCKER_HOST": "unix:///nonexistent", "IOT_MTLS_ENABLED": "0"}
    with _emulator(directory, command, **{**defaults, **options}) as environ:
        yield {**environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@contextmanager
def _emulator(directory: Path, command: Sequence[str | Path], **options: str) -> Iterator[dict[str, str]]:
    host = options.get("BIND_HOST", "127.0.0.1")
    with socket.socket() as free:
        free.bind((host, 0))
        port = free.getsockname()[1]
    url = f"http://{host}:{port}"
    environ = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": host,
        "MINISTACK_REGION": REGION,
        "STATE_DIR": str(directory),
        **options,
    }
    log = directory / "ministack.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env={"PATH": os.defpath, "HOME": str(directory), "TMPDIR": str(directory), **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_it_answers(process, url, log)
        yield _leading_to(url)
    finally:
        process.terminate()
        process.wait()


def dynamodb_stub(milliseconds: float, *hanging: str) -> AbstractContextManager[dict[str, str]]:
    """DynamoDB's answers after that time, from a process that keeps nothing; yields as `ministack` does."""
    return _process("loopback.dynamodb_stub", str(milliseconds), *hanging)


def moto() -> AbstractContextManager[dict[str, str]]:
    """Moto's DynamoDB, empty; yields as `ministack` does."""
    return _process("loopback.moto")


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[dict[str, str]]:
    """A module that prints its port, and ends with its standard input."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout
        yield _leading_to(f"http://127.0.0.1:{int(process.stdout.readline())}")


def _leading_to(url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def in_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """This process has those variables until the block ends: the SDK looks nowhere else."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _wait_until_it_answers(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"ministack does not answer:\n{log.read_text()}")
