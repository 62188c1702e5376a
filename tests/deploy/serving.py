"""The service in a container, as its platforms run it."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.deploy.engine import Engine
from tests.runtimes.processes import wait_until

# What every platform denies a container.
HARDENED = (
    *("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "256m"),
    *("--user", "10001:10001"),
)


@contextmanager
def serving(
    podman: Engine, image: str, *options: str, port: int = 8000, hardened: tuple[str, ...] = HARDENED
) -> Iterator[tuple[str, httpx.Client]]:
    """The container's name and a client of it, ready until the end of the block."""
    with (
        podman.container(image, *hardened, "--publish", f"127.0.0.1::{port}", *options) as name,
        httpx.Client(base_url=f"http://{podman.address(name, port)}", trust_env=False) as client,
    ):
        wait_until(lambda: is_ready(client), lambda: podman.run("logs", name))
        yield name, client


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/api/health/ready").is_success
    except httpx.TransportError:
        return False
