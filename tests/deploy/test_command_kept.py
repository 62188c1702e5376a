"""A parameter that is set is kept as long as its stack exists, though the command computes a value for it, too."""

from tests.deploy.commands import IMAGE, Deployment


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
    set_once = (
        "--set",
        f"ecs.SubnetIds={public}",
        "--set",
        "ecs.AssignPublicIp=ENABLED",
        "--set",
        "network.NatMode=never",
    )

    deployment.up("users=ecs", *set_once)
    deployment.up("users=ecs", "--set", "ecs.MaxTasks=5")

    assert stack("users-ecs")["SubnetIds"] == public
    names = [
        each["LogicalResourceId"]
        for each in cloudformation.list_stack_resources(StackName=f"shapeshift-{deployment.environment}-network")[
            "StackResourceSummaries"
        ]
    ]
    assert "Nat" not in names
    assert "Vpc" in names
    assert deployment.run("plan").status == 0
    refused = deployment.run("plan", "users=ecs", "--set", "network.NatGateway=false")
    assert "network.NatGateway is computed in each run: set network.NatMode to auto" in refused.errors
