"""The pods on EKS, applied by kubectl: with a configuration of its own, and an overlay for each unit."""

import base64
import json
import os.path
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from botocore.signers import RequestSigner

from deploy.aws import Aws
from deploy.environment import Environment
from deploy.tools import ToolFailed, Tools
from deploy.units import Unit

MANIFESTS: Final = Path(__file__).with_name("kubernetes")
_TOKEN_SECONDS: Final = 60
_DIFFERENT: Final = 1
_RUNNING: Final = r"{.spec.template.spec.containers[0].image} {.spec.template.spec.nodeSelector.kubernetes\.io/arch}"
_ARCHITECTURES: Final = {"arm64": "arm64", "amd64": "x86_64"}


@dataclass(frozen=True, slots=True)
class Pods:
    """The pods of a unit as they are to be."""

    unit: Unit
    image: str
    target_group: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    architecture: str


@dataclass(slots=True)
class Kubernetes:
    """The environment's cluster."""

    aws: Aws
    environment: Environment
    tools: Tools
    rollout_seconds: int = 600

    def prepare(self) -> None:
        """Apply what every unit needs of the cluster. Raises `ToolFailed`."""
        with self._configuration() as kubectl:
            self.tools.run(*kubectl, "apply", "-k", str(MANIFESTS / "cluster"))

    def apply(self, pods: Pods) -> None:
        """Apply the pods, and return when they are ready. Raises `ToolFailed`."""
        with self._configuration() as kubectl, _overlay(pods, self.namespace(pods.unit)) as overlay:
            self.tools.run(*kubectl, "apply", "-k", str(overlay))
            rollout = ("rollout", "status", "deployment/service", f"--timeout={self.rollout_seconds}s")
            self.tools.run(*kubectl, "-n", self.namespace(pods.unit), *rollout)

    def differs(self, pods: Pods) -> bool:
        """Whether `apply` would change anything."""
        with self._configuration() as kubectl, _overlay(pods, self.namespace(pods.unit)) as overlay:
            try:
                self.tools.run(*kubectl, "diff", "-k", str(overlay))
            except ToolFailed as failed:
                if failed.status != _DIFFERENT:
                    raise
                return True
        return False

    def running(self, unit: Unit) -> tuple[str, str]:
        """Return the image of the unit's pods and the architecture of their nodes; empty if there are no pods."""
        sought = ("get", "deployment/service", "--ignore-not-found", "-o", f"jsonpath={_RUNNING}")
        with self._configuration() as kubectl:
            output = self.tools.run(*kubectl, "-n", self.namespace(unit), *sought)
        image, _, architecture = output.strip().partition(" ")
        return image, _ARCHITECTURES.get(architecture, "")

    def replicas(self, unit: Unit) -> int:
        """Return how many pods the unit is to have; 0 if there are none."""
        sought = ("get", "deployment/service", "--ignore-not-found", "-o", "jsonpath={.spec.replicas}")
        with self._configuration() as kubectl:
            return int(self.tools.run(*kubectl, "-n", self.namespace(unit), *sought).strip() or 0)

    def scale(self, unit: Unit, replicas: int) -> None:
        """Give the unit so many pods, and return when they are ready. Raises `ToolFailed`."""
        with self._configuration() as kubectl:
            self.tools.run(
                *kubectl, "-n", self.namespace(unit), "scale", "deployment/service", f"--replicas={replicas}"
            )
            rollout = ("rollout", "status", "deployment/service", f"--timeout={self.rollout_seconds}s")
            self.tools.run(*kubectl, "-n", self.namespace(unit), *rollout)

    def execute(self, unit: Unit, command: Sequence[str], stdin: str) -> str:
        """Run a command in one of the unit's pods, and return what it printed. Raises `ToolFailed`."""
        with self._configuration() as kubectl:
            place = ("-n", self.namespace(unit), "exec", "-i", "deployment/service", "--")
            return self.tools.run(*kubectl, *place, *command, stdin=stdin)

    def remove(self, unit: Unit) -> None:
        """Delete the namespace of the unit, with the pods and everything else in it."""
        with self._configuration() as kubectl:
            self.tools.run(*kubectl, "delete", "namespace", self.namespace(unit), "--ignore-not-found")

    def namespace(self, unit: Unit) -> str:
        """Return the namespace of the unit."""
        return f"{self.environment.app}-{unit.label}"

    @contextmanager
    def _configuration(self) -> Iterator[tuple[str, ...]]:
        """Yield how each kubectl command begins. The file that it names exists until the block ends."""
        name = self.environment.full_name
        cluster = self.aws.client("eks").describe_cluster(name=name)["cluster"]
        authority = cluster.get("certificateAuthority", {}).get("data", "")
        configuration = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "clusters": [
                {"name": name, "cluster": {"server": cluster["endpoint"], "certificate-authority-data": authority}}
            ],
            "users": [{"name": name, "user": {"token": self._token(name)}}],
        }
        with tempfile.TemporaryDirectory(prefix="deploy-") as directory:
            file = Path(directory) / "kubeconfig"
            file.touch(mode=0o600)
            file.write_text(json.dumps(configuration), encoding="utf-8")
            yield "kubectl", f"--kubeconfig={file}"

    def _token(self, cluster: str) -> str:
        """Return a token for EKS: a presigned URL of GetCallerIdentity."""
        sts = self.aws.client("sts")
        signer = RequestSigner(
            sts.meta.service_model.service_id,
            self.aws.region,
            "sts",
            "v4",
            self.aws.session.get_credentials(),
            self.aws.session.events,
        )
        address = f"{sts.meta.endpoint_url}/?Action=GetCallerIdentity&Version=2011-06-15"
        url = signer.generate_presigned_url(
            {"method": "GET", "url": address, "body": {}, "headers": {"x-k8s-aws-id": cluster}, "context": {}},
            region_name=self.aws.region,
            expires_in=_TOKEN_SECONDS,
            operation_name="",
        )
        return f"k8s-aws-v1.{base64.urlsafe_b64encode(url.encode()).decode().rstrip('=')}"


@contextmanager
def _overlay(pods: Pods, namespace: str) -> Iterator[Path]:
    """Yield a directory for kustomize. Only its owner can read the files with the secrets."""
    with tempfile.TemporaryDirectory(prefix="deploy-") as directory:
        overlay = Path(directory).resolve()
        for name, value in pods.secrets.items():
            secret = overlay / name
            secret.touch(mode=0o600)
            secret.write_text(value, encoding="utf-8")
        repository, separator, version = pods.image.partition("@") if "@" in pods.image else pods.image.rpartition(":")
        nodes = next(name for name, architecture in _ARCHITECTURES.items() if architecture == pods.architecture)
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": namespace,
            "resources": [os.path.relpath(MANIFESTS / "overlays" / "alb", overlay)],
            "configMapGenerator": [
                {"name": "settings", "literals": [f"{key}={value}" for key, value in pods.settings.items()]}
            ],
            "secretGenerator": [{"name": "secrets", "files": sorted(pods.secrets)}],
            "images": [{"name": "service", "newName": repository, "digest" if separator == "@" else "newTag": version}],
            "patches": [
                _patch("TargetGroupBinding", "/spec/targetGroupARN", pods.target_group),
                _patch("Deployment", "/spec/template/spec/nodeSelector/kubernetes.io~1arch", nodes),
            ],
        }
        (overlay / "kustomization.yaml").write_text(json.dumps(kustomization), encoding="utf-8")
        yield overlay


def _patch(kind: str, path: str, value: str) -> dict[str, object]:
    operation = {"op": "replace", "path": path, "value": value}
    return {"target": {"kind": kind}, "patch": json.dumps([operation])}
