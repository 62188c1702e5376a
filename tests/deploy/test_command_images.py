"""Images are built from the checkout where none is named. Docker is a program that only pushes."""

import os
from pathlib import Path

from deploy.images import host_architecture, image_tag
from tests.deploy import fake_docker
from tests.deploy.commands import Deployment, program


def test_images_are_built_and_pushed_only_when_they_are_absent(aws: dict[str, str], tmp_path: Path) -> None:
    program(tmp_path, "docker", fake_docker)
    deployment = Deployment(aws, path=f"{tmp_path}:{os.defpath}")
    repository = f"shapeshift-{deployment.environment}/service:{image_tag('service', host_architecture())}"

    first = deployment.up("users=ecs")
    assert "docker build" in first
    assert "docker push" in first
    assert repository in first
    assert "latest" not in first

    assert deployment.run("plan").status == 0
    again = deployment.up("users=ecs", "orders=ecs")
    assert "docker" not in again

    patched = deployment.up("users=ecs", "orders=ecs", "--build-again")
    assert "docker build --pull --no-cache" in patched
    assert f"{repository}-20" in patched, "a tag never changes its meaning"
    assert deployment.run("plan").status == 0, "the image that was built again stays"
    moved = deployment.up("all=ecs")
    assert "docker" not in moved
    assert f"/{repository}-20" in moved
    deployment.close()
