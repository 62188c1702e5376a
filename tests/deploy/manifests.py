"""The Kubernetes manifests of a unit, as kustomize renders them."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

KUBERNETES: Final = Path(__file__).parents[2] / "deploy" / "kubernetes"
OVERLAYS: Final = ("alb", "nlb")

needs_kubectl = pytest.mark.skipif(
    shutil.which("kubectl") is None and "CI" not in os.environ,  # noqa: TID251  # whether this is CI
    reason="manifests are rendered by kubectl",
)
every_overlay = pytest.mark.parametrize("overlay", OVERLAYS)

# What python -m deploy writes.
KUSTOMIZATION: Final = """
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shapeshift-orders
resources: [{overlay}]
configMapGenerator:
  - name: settings
    literals: [store=dynamodb, users_table=shapeshift-dev-users, orders_table=shapeshift-dev-orders, services=orders]
secretGenerator:
  - name: secrets
    files: [cursor_secret]
images:
  - {{name: service, newName: registry.example/service, newTag: "1"}}
"""

Manifest = dict[str, Any]
Render = Callable[[str], list[Manifest]]


def kustomize(directory: Path) -> list[Manifest]:
    """Render a directory."""
    rendered = subprocess.run(["kubectl", "kustomize", directory], capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(rendered.stdout))


def render_unit(overlay: str, directory: Path) -> list[Manifest]:
    """Render the manifests of a unit over an overlay, with a kustomization in that directory."""
    (directory / "cursor_secret").write_text("s3cret")
    path = os.path.relpath(KUBERNETES / "overlays" / overlay, directory.resolve())
    (directory / "kustomization.yaml").write_text(KUSTOMIZATION.format(overlay=path))
    return kustomize(directory)


def the(kind: str, manifests: list[Manifest]) -> Manifest:
    """Return the only manifest of this kind."""
    [found] = [each for each in manifests if each["kind"] == kind]
    return found


def the_pod(manifests: list[Manifest]) -> Manifest:
    """Return what the Deployment says of its pods."""
    pod: Manifest = the("Deployment", manifests)["spec"]["template"]["spec"]
    return pod
