"""Podman or Docker, whichever works here."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest


@dataclass(frozen=True)
class Engine:
    """A program that builds images and runs containers."""

    program: str
    environ: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> str:
        """Run one of its commands, and return what it printed, errors included; fail if it fails."""
        ran = self.attempt(*arguments)
        assert ran.returncode == 0, f"{self.program} {' '.join(arguments)}\n{ran.stdout}"
        return ran.stdout.strip()

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *arguments],
            env={**os.environ, **self.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def inspect(self, name: str) -> dict[str, Any]:
        """All that it knows of an image or a container."""
        [known] = json.loads(self.run("inspect", name))
        return dict(known)

    def has(self, image: str) -> bool:
        """Whether the image is on this machine."""
        return self.attempt("image", "inspect", image).returncode == 0

    def once(self, image: str, *arguments: str) -> str:
        """Options, `--`, and a command: run it in a container to its end, and return what it printed."""
        options, command = arguments[: arguments.index("--")], arguments[arguments.index("--") + 1 :]
        return self.run("run", "--rm", "--no-healthcheck", *options, image, *command)

    @contextmanager
    def container(self, image: str, *options: str) -> Iterator[str]:
        """A container that runs until the end of the block. Its port has a port of loopback's: see `address`."""
        # The timer of its health check needs systemd; the tests run the check themselves.
        fixed = ("--detach", "--no-healthcheck", "--network", "bridge")
        name = self.run("run", *fixed, *options, image).splitlines()[-1]
        try:
            yield name
        finally:
            self.attempt("rm", "--force", "--volumes", name)

    @contextmanager
    def api(self, directory: Path) -> Iterator[str]:
        """Where other programs ask the engine for containers, as DOCKER_HOST wants it."""
        if self.program == "docker":
            yield os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
            return
        address = f"unix://{directory}/podman.sock"
        command = [self.program, "system", "service", "--time=0", address]
        process = subprocess.Popen(command, env={**os.environ, **self.environ})
        try:
            yield address
        finally:
            process.terminate()
            process.wait()

    def gateway(self) -> str:
        """The address of this machine as containers see it, while one of them runs."""
        if self.program == "docker":
            return self.run("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}")
        return self.run("network", "inspect", "podman", "--format", "{{(index .Subnets 0).Gateway}}")

    def address(self, container: str, port: int) -> str:
        """Where on loopback a published port of a container is."""
        return self.run("port", container, str(port))


def engine() -> Engine | None:
    """Podman or Docker, if one of them works here."""
    has_systemd = Path("/run/systemd/system").exists()
    settings = {} if has_systemd else {"CONTAINERS_CONF": str(Path(__file__).with_name("podman.conf"))}
    found = [Engine("podman", {"BUILDAH_FORMAT": "docker", **settings}), Engine("docker")]
    return next((each for each in found if shutil.which(each.program) and each.attempt("info").returncode == 0), None)


def missing(what: str) -> NoReturn:
    """Skip the test, since something is not here; in continuous integration everything has to be."""
    if "CI" in os.environ:
        pytest.fail(what)
    pytest.skip(what)
