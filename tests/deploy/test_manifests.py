"""What can be known of the manifests without a cluster."""

import os

import kubernetes_validate

from containers.settings import Settings
from tests.deploy.manifests import KUBERNETES, Render, every_overlay, kustomize, needs_kubectl, the, the_pod
from tests.deploy.templates import read

pytestmark = needs_kubectl

EKS_VERSION = read("cluster")["Parameters"]["KubernetesVersion"]["Default"]


@every_overlay
def test_every_manifest_is_valid(render: Render, overlay: str) -> None:
    for manifest in render(overlay):
        if manifest["kind"] != "TargetGroupBinding":
            kubernetes_validate.validate(manifest, EKS_VERSION, strict=True)


def test_what_a_cluster_needs_once_is_valid() -> None:
    [policies, nodes] = kustomize(KUBERNETES / "cluster")
    kubernetes_validate.validate(policies, EKS_VERSION, strict=True)

    assert (policies["metadata"]["namespace"], policies["metadata"]["name"]) == ("kube-system", "amazon-vpc-cni")
    assert (nodes["apiVersion"], nodes["kind"]) == ("karpenter.sh/v1", "NodePool")


@every_overlay
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


@every_overlay
def test_a_pod_has_the_time_to_stop(render: Render, overlay: str) -> None:
    pod = the_pod(render(overlay))
    before = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    defaults = {name: field.default for name, field in Settings.model_fields.items()}

    assert pod["terminationGracePeriodSeconds"] >= before + defaults["drain_seconds"] + defaults["shutdown_seconds"]


@every_overlay
def test_there_are_always_two_pods_in_two_zones(render: Render, overlay: str) -> None:
    manifests = render(overlay)
    deployment = the("Deployment", manifests)["spec"]
    [by_zone, _] = the_pod(manifests)["topologySpreadConstraints"]

    assert "replicas" not in deployment
    assert the("HorizontalPodAutoscaler", manifests)["spec"]["minReplicas"] == 2
    assert deployment["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert the("PodDisruptionBudget", manifests)["spec"]["maxUnavailable"] == 1
    assert (by_zone["topologyKey"], by_zone["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "DoNotSchedule")


@every_overlay
def test_only_readiness_asks_the_store(render: Render, overlay: str) -> None:
    [container] = the_pod(render(overlay))["containers"]
    asked = {probe: container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "liveness", "readiness")}

    assert asked == {
        "startup": "/api/health/live",
        "liveness": "/api/health/live",
        "readiness": "/api/health/ready",
    }


@every_overlay
def test_memory_is_reserved_and_cpu_is_not_throttled(render: Render, overlay: str) -> None:
    [container] = the_pod(render(overlay))["containers"]
    requests, limits = container["resources"]["requests"], container["resources"]["limits"]

    assert requests.keys() == {"cpu", "memory"}
    assert limits == {"memory": requests["memory"]}


def test_behind_the_shared_load_balancer_pods_fill_a_target_group(render: Render) -> None:
    manifests = render("alb")
    binding, service = the("TargetGroupBinding", manifests), the("Service", manifests)

    assert binding["apiVersion"] == "eks.amazonaws.com/v1"
    assert binding["spec"].keys() == {"targetGroupARN", "targetType", "serviceRef"}
    [port] = service["spec"]["ports"]
    assert binding["spec"]["serviceRef"] == {"name": service["metadata"]["name"], "port": port["port"]}
    assert service["spec"].get("type", "ClusterIP") == "ClusterIP"


def test_podman_runs_the_same_container() -> None:
    [container] = the_pod(kustomize(KUBERNETES / "overlays" / "podman"))["containers"]

    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert "livenessProbe" not in container


@every_overlay
def test_a_pod_ends_only_when_the_load_balancer_has_healthy_ones(render: Render, overlay: str) -> None:
    """Nodes are consolidated, too: without a gate, the last healthy target could go while a new one is registered."""
    labels = the("Namespace", render(overlay))["metadata"]["labels"]

    assert labels["eks.amazonaws.com/pod-readiness-gate-inject"] == "enabled"
