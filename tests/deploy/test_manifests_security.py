"""What pods may do, and whom they reach."""

from tests.deploy.manifests import Render, every_overlay, needs_kubectl, the, the_pod
from tests.deploy.templates import read, resources

pytestmark = needs_kubectl


@every_overlay
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


def test_pods_are_of_the_account_and_namespace_that_pod_identity_knows(render: Render) -> None:
    [known] = resources(read("all-eks"), "AWS::EKS::PodIdentityAssociation").values()
    manifests = render("alb")
    account = the("ServiceAccount", manifests)

    assert account["metadata"]["name"] == known["ServiceAccount"] == the_pod(manifests)["serviceAccountName"]
    assert account["automountServiceAccountToken"] is False
    assert known["Namespace"] == {"Fn::Sub": "${App}-${Unit}"}
    namespaces = {each["metadata"].get("namespace") for each in manifests if each["kind"] != "Namespace"}
    assert namespaces == {"shapeshift-orders"} == {the("Namespace", manifests)["metadata"]["name"]}


def test_a_load_balancer_of_its_own_is_internal(render: Render) -> None:
    manifests = render("nlb")
    service = the("Service", manifests)
    annotations = service["metadata"]["annotations"]

    assert service["spec"]["loadBalancerClass"] == "eks.amazonaws.com/nlb"
    assert "0.0.0.0/0" not in service["spec"]["loadBalancerSourceRanges"]
    assert annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"] == "internal"
    assert {"name": "TRUSTED_HOPS", "value": "0"} in the_pod(manifests)["containers"][0]["env"]


def test_pods_reach_names_aws_the_network_and_their_credentials_only(render: Render) -> None:
    policy = the("NetworkPolicy", render("alb"))["spec"]
    reached = {port["port"] for rule in policy["egress"] for port in rule["ports"]}

    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["ingress"] == [{"ports": [{"port": "http"}]}]
    assert reached == {53, 443, 80}
    plain = [
        place["ipBlock"]["cidr"] for rule in policy["egress"] if {"port": 80} in rule["ports"] for place in rule["to"]
    ]
    assert plain == ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.170.23/32"]
