"""What tests of the deployment share."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from loopback.aws import cloud
from tests.deploy.base_images import build, lambda_python_image, python_image
from tests.deploy.commands import IMAGE, Deployment, thin_zip
from tests.deploy.engine import Engine, engine, missing
from tests.deploy.manifests import Render, render_unit

MINUTES_FOR_AN_IMAGE = 15
"""The first test that needs an image builds it, and what it starts from."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "podman" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(60 * MINUTES_FOR_AN_IMAGE))


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The emulator's directory."""
    return tmp_path_factory.mktemp("cloud")


@pytest.fixture(scope="session")
def aws(emulator: Path) -> Iterator[dict[str, str]]:
    """The emulator; the variables that lead the SDK there."""
    with cloud(emulator) as environ:
        yield environ


@pytest.fixture
def deployment(aws: dict[str, str]) -> Iterator[Deployment]:
    """An empty environment that no other test uses."""
    deployment = Deployment(aws)
    yield deployment
    deployment.close()


@pytest.fixture(scope="module")
def split(aws: dict[str, str], code: str) -> Iterator[Deployment]:
    """Users on ECS and orders on Lambda, for all tests of a module; no test moves them."""
    deployment = Deployment(aws)
    deployment.up("users=ecs", "orders=lambda", "--service-image", IMAGE, "--lambda-zip", code)
    yield deployment
    deployment.close()


@pytest.fixture(scope="session")
def code(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A function's ZIP."""
    return str(thin_zip(tmp_path_factory.mktemp("code") / "function.zip"))


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """The manifests of a unit over an overlay."""
    return lambda overlay: render_unit(overlay, tmp_path)


@pytest.fixture(scope="session")
def podman() -> Engine:
    """What runs containers here."""
    return engine() or missing("neither podman nor docker works here")


@pytest.fixture(scope="session")
def service_image(podman: Engine) -> str:
    """The image of this checkout for ECS, EKS and a laptop."""
    return build(podman, "service", python_image(podman))


@pytest.fixture(scope="session")
def lambda_image(podman: Engine) -> str:
    """The image of this checkout for Lambda."""
    return build(podman, "lambda", lambda_python_image(podman))


@pytest.fixture
def unused_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
