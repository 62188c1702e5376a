"""The real command, as a process of its own, against the emulator."""

import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import IO, Any
from uuid import uuid4

import boto3
import httpx

from loopback.patience import PATIENCE_SECONDS

IMAGE = "example.com/shop:1"
ADDRESS = "203.0.113.7/32"
UNREACHED = ("--connect-to", "http://127.0.0.1:9")
"""This machine does not reach the load balancer."""
ROOT = Path(__file__).parents[2]


@dataclass
class Ended:
    """A command that ended."""

    status: int
    output: str
    errors: str


@dataclass
class Deployment:
    """An environment that no other test uses, and all that the command printed."""

    aws: dict[str, str]
    path: str = os.defpath
    environment: str = field(default_factory=lambda: f"e{uuid4().hex[:8]}")
    printed: list[str] = field(default_factory=list)
    _clients: dict[str, Any] = field(default_factory=dict)

    def run(self, command: str, *arguments: str, answer: str = "", **environ: str) -> Ended:
        """Run the command to its end."""
        ran = subprocess.run(
            self._command(command, arguments),
            env=self._environ(environ),
            input=answer,
            capture_output=True,
            text=True,
            timeout=3 * PATIENCE_SECONDS,
            check=False,
        )
        self.printed += [ran.stdout, ran.stderr]
        assert "Traceback" not in ran.stdout + ran.stderr, ran.stderr
        return Ended(ran.returncode, ran.stdout, ran.stderr)

    def succeed(self, command: str, *arguments: str) -> str:
        """Run the command, which must succeed, and return what it printed."""
        ran = self.run(command, *arguments)
        assert ran.status == 0, f"{ran.output}\n{ran.errors}"
        return ran.output

    def up(self, *arguments: str) -> str:
        """Deploy units, which must succeed; nothing is compared, and no requests are sent."""
        return self.succeed("up", *arguments, "--yes", "--drain", "0", "--no-gate", *UNREACHED)

    def start(self, command: str, *arguments: str, output: IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start the command, which prints to that file."""
        return subprocess.Popen(
            self._command(command, arguments),
            env=self._environ({}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def kill_when_it_prints(
        self, words: str, command: str, *arguments: str, number: signal.Signals = signal.SIGKILL
    ) -> str:
        """Kill the command as soon as it prints these words; returns all that it printed."""
        process = subprocess.Popen(
            self._command(command, arguments),
            env=self._environ({}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout
        printed = ""
        timeout = threading.Timer(PATIENCE_SECONDS, process.kill)
        timeout.start()
        with process, process.stdout as output:
            for line in output:
                printed += line
                if words in line:
                    process.send_signal(number)
        timeout.cancel()
        assert words in printed, printed
        return printed

    def stacks(self) -> dict[str, str]:
        """The stacks of this environment by short name, with their status."""
        prefix = f"shapeshift-{self.environment}-"
        pages = self.client("cloudformation").get_paginator("describe_stacks").paginate()
        found = [stack for page in pages for stack in page["Stacks"]]
        return {
            each["StackName"].removeprefix(prefix): each["StackStatus"]
            for each in found
            if each["StackName"].startswith(prefix) and each["StackStatus"] != "DELETE_COMPLETE"
        }

    def client(self, service: str) -> Any:
        """Return a client of boto3 with the account's own credentials."""
        if service not in self._clients:
            self._clients[service] = boto3.session.Session(
                self.aws["AWS_ACCESS_KEY_ID"], self.aws["AWS_SECRET_ACCESS_KEY"], region_name=self.aws["AWS_REGION"]
            ).client(service, endpoint_url=self.aws["AWS_ENDPOINT_URL"])
        return self._clients[service]

    @contextmanager
    def callers(self) -> Iterator[httpx.Client]:
        """Yield a client of the load balancer."""
        name = f"shapeshift-{self.environment}-edge"
        [edge] = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        url = {each["OutputKey"]: each["OutputValue"] for each in edge["Outputs"]}["Url"]
        with httpx.Client(
            base_url=self.aws["AWS_ENDPOINT_URL"],
            headers={"Host": url.removeprefix("http://")},
            trust_env=False,
            timeout=PATIENCE_SECONDS,
        ) as client:
            yield client

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()

    def _command(self, command: str, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "deploy", command, "--environment", self.environment, *arguments]

    def _environ(self, more: dict[str, str]) -> dict[str, str]:
        return {
            "PATH": self.path,
            "HOME": "/nonexistent",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
            **self.aws,
            **more,
        }


def thin_zip(path: Path) -> Path:
    """Our own code as a function's ZIP; what it needs is already where the emulator runs functions."""
    with zipfile.ZipFile(path, "w") as archive:
        for package in ("service", "containers"):
            for file in sorted((ROOT / package).rglob("*.*")):
                if "__pycache__" not in file.parts:
                    archive.write(file, file.relative_to(ROOT))
    return path


def program(directory: Path, name: str, module: ModuleType) -> None:
    """Make a program in that directory which runs a module of ours."""
    assert module.__file__
    (directory / f"{name}.py").write_bytes(Path(module.__file__).read_bytes())
    executable = directory / name
    executable.write_text(f'#!/bin/sh\nexec {sys.executable} {directory}/{name}.py "$@"\n')
    executable.chmod(0o755)
