"""The service's image under what the templates and manifests say of its container."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from tests.deploy.engine import Engine
from tests.deploy.manifests import KUBERNETES, kustomize, needs_kubectl
from tests.deploy.serving import is_ready, serving
from tests.deploy.templates import read, resources
from tests.runtimes.processes import wait_until

pytestmark = needs_kubectl


def test_a_task_is_healthy_and_ends_in_its_time(podman: Engine, service_image: str) -> None:
    [task] = resources(read("all-ecs"), "AWS::ECS::TaskDefinition").values()
    [container] = task["ContainerDefinitions"]
    dropped = container["LinuxParameters"]["Capabilities"]["Drop"]
    assert container["ReadonlyRootFilesystem"]
    assert container["LinuxParameters"]["InitProcessEnabled"]
    as_defined = ("--read-only", "--init", "--user", container["User"], "--cap-drop", *dropped)
    # Parameter Store is out of reach here: what it holds comes from the environment, and eks asks no AWS.
    settings = ("--env", "RUNTIME=eks", "--env", "STORE=memory", "--env", f"CURSOR_SECRET={'x' * 16}")

    with serving(podman, service_image, *settings, hardened=as_defined) as (name, client):
        kind, *check = container["HealthCheck"]["Command"]
        assert kind == "CMD"
        assert podman.attempt("exec", name, *check).returncode == 0
        client.close()
        began = time.monotonic()
        podman.run("stop", "--time", str(container["StopTimeout"]), name)

        assert time.monotonic() - began < container["StopTimeout"]
        assert podman.inspect(name)["State"]["ExitCode"] == 0


@contextmanager
def playing(podman: Engine, manifests: list[dict[str, Any]], directory: Path) -> Iterator[str]:
    """The container of the manifests, until the end of the block."""
    path = directory / "manifests.yaml"
    path.write_text(yaml.safe_dump_all(manifests))
    name = podman.run("play", "kube", str(path)).splitlines()[-1]
    try:
        yield name
    finally:
        podman.attempt("play", "kube", "--down", str(path))
        mounted = [each["metadata"]["name"] for each in manifests if each["kind"] in {"ConfigMap", "Secret"}]
        podman.attempt("volume", "rm", "--force", *mounted)
        podman.attempt("secret", "rm", *mounted)


def test_a_pod_serves_from_mounted_settings(
    podman: Engine, service_image: str, tmp_path: Path, unused_port: int
) -> None:
    if podman.program != "podman":
        pytest.skip("only podman plays manifests")
    manifests = kustomize(KUBERNETES / "overlays" / "podman")
    [deployment] = [each for each in manifests if each["kind"] == "Deployment"]
    deployment["metadata"]["name"] = f"service-{uuid4().hex[:8]}"
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    container["image"] = service_image
    container["ports"][0]["hostPort"] = unused_port

    with playing(podman, manifests, tmp_path) as name:
        with httpx.Client(base_url=f"http://127.0.0.1:{unused_port}", trust_env=False) as client:
            wait_until(lambda: is_ready(client), lambda: podman.run("logs", name))
            assert client.get("/api/health").json()["store"] == "memory"
        known = podman.inspect(name)
        assert known["HostConfig"]["ReadonlyRootfs"]
        assert known["Config"]["User"].startswith("10001")
        podman.run("stop", "--time", "45", name)
        assert podman.inspect(name)["State"]["ExitCode"] == 0
