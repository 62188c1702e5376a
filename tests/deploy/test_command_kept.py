"""A parameter that is set is kept as long as its stack exists, though the command computes a value for it, too."""

import pytest

from tests.deploy.commands import IMAGE, Deployment
from tests.deploy.templates import decided, read


def test_what_is_set_is_kept_instead_of_what_is_computed(deployment: Deployment) -> None:
    """Tasks in public subnets, with addresses of their own, need no NAT gateway."""
    cloudformation = deployment.client("cloudformation")

    def stack(name: str) -> dict[str, str]:
        [found] = cloudformation.describe_stacks(StackName=f"shapeshift-{deployment.environment}-{name}")["Stacks"]
        described = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
        return described | {each["ParameterKey"]: each["ParameterValue"] for each in found["Parameters"]}

    deployment.up("users=ecs", "--service-image", IMAGE)
    public = stack("network")["PublicSubnetIds"]
    assert stack("users-ecs")["SubnetIds"] != public

    deployment.up("users=ecs", "--set", f"ecs.SubnetIds={public}", "--set", "ecs.AssignPublicIp=ENABLED")
    deployment.up("users=ecs", "--set", "ecs.MaxTasks=5")

    assert stack("users-ecs")["SubnetIds"] == public
    assert deployment.run("plan").status == 0
    refused = deployment.run("plan", "users=ecs", "--set", "network.NatGateway=false")
    assert "network.NatGateway is computed in each run: set network.NatMode to auto" in refused.errors


@pytest.mark.parametrize(
    ("mode", "is_needed", "outcome"),
    [
        ("auto", "true", "exists"),
        ("auto", "false", "is absent"),
        ("always", "false", "exists"),
        ("never", "true", "is absent"),
    ],
)
def test_a_nat_gateway_exists_as_it_is_set_or_else_needed(mode: str, is_needed: str, outcome: str) -> None:
    """The command computes in each run whether one is needed; what is set is another parameter."""
    network = read("network")
    condition = {"Fn::If": ["HasNatGateway", "exists", "is absent"]}

    assert decided(condition, network, NatMode=mode, NatGateway=is_needed) == outcome
    conditional = {network["Resources"][name]["Condition"] for name in ("Nat", "NatAddress", "PrivateRoute")}
    assert conditional == {"HasNatGateway"}
