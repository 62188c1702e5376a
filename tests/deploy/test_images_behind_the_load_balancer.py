"""The function's image, deployed by the real command, behind the emulator's load balancer, down to DynamoDB."""

import platform
from collections.abc import Iterator
from pathlib import Path

import pytest

from loopback.aws import cloud
from tests.deploy.commands import Deployment
from tests.deploy.engine import Engine
from tests.deploy.test_images_lambda import SETTINGS

ARCHITECTURE = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]


@pytest.fixture
def shop(podman: Engine, lambda_image: str, tmp_path: Path) -> Iterator[Deployment]:
    # The network of containers is there while one of them is: the emulator listens on this machine's address in it.
    with podman.container(lambda_image, *SETTINGS), podman.api(tmp_path) as engine:
        gateway = podman.gateway()
        flags = f"--add-host host.docker.internal:{gateway}"
        with cloud(tmp_path, DOCKER_HOST=engine, BIND_HOST=gateway, LAMBDA_DOCKER_FLAGS=flags) as aws:
            deployment = Deployment(aws)
            deployment.up("all=lambda", "--lambda-image", lambda_image, "--architecture", ARCHITECTURE)
            yield deployment
            deployment.close()


def test_the_image_serves_the_story_through_the_load_balancer(shop: Deployment) -> None:
    with shop.callers() as client:
        about = client.get("/api/health").json()
        assert (about["runtime"], about["store"]) == ("lambda", "dynamodb")
        user = client.post("/api/users", json={"name": "Zoë", "email": "zoe@example.com"})
        order = {"user_id": user.json()["id"], "product": "Tea", "quantity": 2, "id": "tea"}
        assert user.status_code == 201
        assert client.post("/api/users", json={"name": "Zoë", "email": "ZOE@example.com"}).status_code == 409
        assert client.post("/api/orders", json=order).status_code == 201
        assert client.post("/api/orders", json=order | {"user_id": "ghost"}).status_code == 422
        assert client.delete(f"/api/users/{order['user_id']}").status_code == 409
        assert client.patch("/api/orders/tea", json={"status": "completed"}).json()["status"] == "completed"
        assert client.get("/api/orders", params={"user_id": order["user_id"]}).json()[0]["status"] == "completed"
        assert client.delete("/api/orders/tea").status_code == 204
        assert client.delete(f"/api/users/{order['user_id']}").status_code == 204
        assert 'data-runtime="lambda"' in client.get("/users").text
    assert shop.run("plan").status == 0
