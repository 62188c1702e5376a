"""What can be known of the manifests without a cluster, as kustomize renders them for a unit."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from containers.settings import Settings
from tests.deploy.templates import read, resources

pytestmark = pytest.mark.skipif(
    shutil.which("kubectl") is None and "CI" not in os.environ, reason="manifests are rendered by kubectl"
)

KUBERNETES = Path(__file__).parents[2] / "deploy" / "kubernetes"
OVERLAYS = ("alb", "nlb")
EKS_VERSION = read("cluster")["Parameters"]["KubernetesVersion"]["Default"]

# What python -m deploy writes.
KUSTOMIZATION = """
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
    rendered = subprocess.run(["kubectl", "kustomize", directory], capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(rendered.stdout))


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """The manifests of a unit over an overlay."""

    def rendered(overlay: str) -> list[Manifest]:
        (tmp_path / "cursor_secret").write_text("s3cret")
        path = os.path.relpath(KUBERNETES / "overlays" / overlay, tmp_path.resolve())
        (tmp_path / "kustomization.yaml").write_text(KUSTOMIZATION.format(overlay=path))
        return kustomize(tmp_path)

    return rendered


def the(kind: str, manifests: list[Manifest]) -> Manifest:
    [found] = [each for each in manifests if each["kind"] == kind]
    return found


def the_pod(manifests: list[Manifest]) -> Manifest:
    pod: Manifest = the("Deployment", manifests)["spec"]["template"]["spec"]
    return pod


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_manifest_is_valid(render: Render, overlay: str) -> None:
    for manifest in render(overlay):
        if manifest["kind"] != "TargetGroupBinding":
            kubernetes_validate.validate(manifest, EKS_VERSION, strict=True)


def test_what_a_cluster_needs_once_is_valid() -> None:
    [policies, nodes] = kustomize(KUBERNETES / "cluster")
    kubernetes_validate.validate(policies, EKS_VERSION, strict=True)

    assert (policies["metadata"]["namespace"], policies["metadata"]["name"]) == ("kube-system", "amazon-vpc-cni")
    assert (nodes["apiVersion"], nodes["kind"]) == ("karpenter.sh/v1", "NodePool")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_pods_keep_to_the_restricted_security_standard(render: Render, overlay: str) -> None:
    """As https://kubernetes.io/docs/concepts/security/pod-security-standards demands it."""
    manifests = render(overlay)
    labels = the("Namespace", manifests)["metadata"]["labels"]
    pod = the_pod(manifests)
    context = pod["securityContext"]

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert not {"hostNetwork", "hostPID", "hostIPC", "hostUsers"} & set(pod)
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] > 0
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"sysctls", "seLinuxOptions", "appArmorProfile", "windowsOptions"} & set(context)
    assert {kind for volume in pod["volumes"] for kind in volume if kind != "name"} <= {
        "configMap",
        "emptyDir",
        "projected",
        "secret",
    }
    for container in [*pod["containers"], *pod.get("initContainers", [])]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert all("hostPort" not in port for port in container["ports"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_settings_and_the_secret_are_files_whose_change_makes_new_pods(render: Render, overlay: str) -> None:
    manifests = render(overlay)
    pod = the_pod(manifests)
    [container] = pod["containers"]
    environ = {each["name"]: each.get("value") for each in container["env"]}
    mounted = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    settings, secrets = (mounted[directory] for directory in environ["CONFIG_DIR"].split(os.pathsep))

    assert volumes[settings]["configMap"]["name"] == the("ConfigMap", manifests)["metadata"]["name"] != "settings"
    assert volumes[secrets]["secret"]["secretName"] == the("Secret", manifests)["metadata"]["name"] != "secrets"
    keys = set(the("ConfigMap", manifests)["data"]) | set(the("Secret", manifests)["data"])
    assert keys <= set(Settings.model_fields)
    assert all(mount["readOnly"] for mount in container["volumeMounts"] if mount["mountPath"] != "/tmp")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_pod_has_the_time_to_stop(render: Render, overlay: str) -> None:
    pod = the_pod(render(overlay))
    before = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    defaults = {name: field.default for name, field in Settings.model_fields.items()}

    assert pod["terminationGracePeriodSeconds"] >= before + defaults["drain_seconds"] + defaults["shutdown_seconds"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_there_are_always_two_pods_in_two_zones(render: Render, overlay: str) -> None:
    manifests = render(overlay)
    deployment = the("Deployment", manifests)["spec"]
    [by_zone, _] = the_pod(manifests)["topologySpreadConstraints"]

    assert "replicas" not in deployment
    assert the("HorizontalPodAutoscaler", manifests)["spec"]["minReplicas"] == 2
    assert deployment["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert the("PodDisruptionBudget", manifests)["spec"]["maxUnavailable"] == 1
    assert (by_zone["topologyKey"], by_zone["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "DoNotSchedule")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_only_readiness_asks_the_store(render: Render, overlay: str) -> None:
    [container] = the_pod(render(overlay))["containers"]
    asked = {probe: container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "liveness", "readiness")}

    assert asked == {
        "startup": "/api/health/live",
        "liveness": "/api/health/live",
        "readiness": "/api/health/ready",
    }


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_memory_is_reserved_and_cpu_is_not_throttled(render: Render, overlay: str) -> None:
    [container] = the_pod(render(overlay))["containers"]
    wanted, limits = container["resources"]["requests"], container["resources"]["limits"]

    assert wanted.keys() == {"cpu", "memory"}
    assert limits == {"memory": wanted["memory"]}


def test_pods_are_of_the_account_and_namespace_that_pod_identity_knows(render: Render) -> None:
    [known] = resources(read("all-eks"), "AWS::EKS::PodIdentityAssociation").values()
    manifests = render("alb")
    account = the("ServiceAccount", manifests)

    assert account["metadata"]["name"] == known["ServiceAccount"] == the_pod(manifests)["serviceAccountName"]
    assert account["automountServiceAccountToken"] is False
    assert known["Namespace"] == {"Fn::Sub": "${App}-${Unit}"}
    namespaces = {each["metadata"].get("namespace") for each in manifests if each["kind"] != "Namespace"}
    assert namespaces == {"shapeshift-orders"} == {the("Namespace", manifests)["metadata"]["name"]}


def test_behind_the_shared_load_balancer_pods_fill_a_target_group(render: Render) -> None:
    manifests = render("alb")
    binding, service = the("TargetGroupBinding", manifests), the("Service", manifests)

    assert binding["apiVersion"] == "eks.amazonaws.com/v1"
    assert binding["spec"].keys() == {"targetGroupARN", "targetType", "serviceRef"}
    [port] = service["spec"]["ports"]
    assert binding["spec"]["serviceRef"] == {"name": service["metadata"]["name"], "port": port["port"]}
    assert service["spec"].get("type", "ClusterIP") == "ClusterIP"


def test_a_load_balancer_of_its_own_is_internal(render: Render) -> None:
    manifests = render("nlb")
    service = the("Service", manifests)
    annotations = service["metadata"]["annotations"]

    assert service["spec"]["loadBalancerClass"] == "eks.amazonaws.com/nlb"
    assert "0.0.0.0/0" not in service["spec"]["loadBalancerSourceRanges"]
    assert annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"] == "internal"
    assert {"name": "TRUSTED_HOPS", "value": "0"} in the_pod(manifests)["containers"][0]["env"]


def test_pods_reach_names_aws_and_their_credentials_only(render: Render) -> None:
    policy = the("NetworkPolicy", render("alb"))["spec"]
    reached = {port["port"] for rule in policy["egress"] for port in rule["ports"]}

    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["ingress"] == [{"ports": [{"port": "http"}]}]
    assert reached == {53, 443, 80}
    [credentials] = [rule for rule in policy["egress"] if {"port": 80} in rule["ports"]]
    assert credentials["to"] == [{"ipBlock": {"cidr": "169.254.170.23/32"}}]


def test_podman_runs_the_same_container() -> None:
    [container] = the_pod(kustomize(KUBERNETES / "overlays" / "podman"))["containers"]

    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert "livenessProbe" not in container
