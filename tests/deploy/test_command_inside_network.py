"""Where this machine does not reach the load balancer, a unit on ECS or EKS compares the old and the new units."""

import os
import sys
from pathlib import Path

from parity.corpus import tokens
from tests.deploy import fake_kubectl
from tests.deploy.commands import IMAGE, UNREACHED, Deployment, program
from tests.deploy.releases import release

MOVE = ("up", "all=lambda", "--yes", "--drain", "0", "--shift", "50,100", *UNREACHED)
SENT_BY = "This machine does not reach the load balancer, so {} sends the requests."


def test_a_task_finds_bad_releases_and_lets_good_ones_pass(deployment: Deployment, code: str, tmp_path: Path) -> None:
    deployment.up("all=ecs", "--service-image", IMAGE)

    different = release(code, tmp_path / "different.zip", "answers differently")
    refused = deployment.run(*MOVE, "--lambda-zip", different)
    assert (refused.status, SENT_BY.format("all=ecs") in refused.output) == (1, True)
    assert "The route was not changed, because the new units give " in refused.errors
    assert "Somehow, no" in refused.errors

    slow = release(code, tmp_path / "slow.zip", "answers slowly")
    undone = deployment.run(*MOVE, "--lambda-zip", slow, "--no-gate")
    assert (undone.status, "The route goes back to all=ecs." in undone.output) == (1, True)
    assert "half of the requests take " in undone.errors

    printed = deployment.succeed(*MOVE, "--lambda-zip", code)
    assert "The new units answer as the old ones do." in printed
    assert printed.count(SENT_BY.format("all=ecs")) == 3, "the gate, and two steps"
    assert "all-ecs" not in deployment.stacks()


def test_a_task_gets_a_token_that_nobody_can_read_and_that_does_not_stay(
    deployment: Deployment, code: str, tmp_path: Path
) -> None:
    settings = [word for name, value in tokens.SETTINGS.items() for word in ("--set", f"service.{name}={value}")]
    deployment.up("all=ecs", "--service-image", IMAGE, *settings)
    script = tmp_path / "token.py"
    script.write_text(f"print({tokens.token()!r})")

    command = ("--token-command", f"{sys.executable} {script}")
    printed = deployment.succeed(*MOVE, "--lambda-zip", code, *command, "--gate", "write", "--keep", "1h")

    assert "The new units answer as the old ones do." in printed
    cluster = f"shapeshift-{deployment.environment}-all"
    ecs = deployment.client("ecs")
    arns = ecs.list_tasks(cluster=cluster, desiredStatus="STOPPED")["taskArns"]
    tasks = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
    assert len([each for each in tasks if each["startedBy"] == "deploy"]) == 3
    assert tokens.token() not in str(tasks) + "".join(deployment.printed)
    path = f"/shapeshift/{deployment.environment}/deploy"
    left = deployment.client("ssm").get_parameters_by_path(Path=path, Recursive=True)["Parameters"]
    assert [each["Name"] for each in left] == [f"{path}/release"]


def test_a_pod_compares_where_no_unit_is_on_ecs(aws: dict[str, str], code: str, tmp_path: Path) -> None:
    program(tmp_path, "kubectl", fake_kubectl)
    deployment = Deployment(aws, path=f"{tmp_path}:{os.defpath}")
    deployment.up("all=ecs", "--service-image", IMAGE)
    deployment.up("all=eks", "--inside-network", "--keep", "1h")
    elb = deployment.client("elbv2")
    groups = {unit: group(deployment, unit) for unit in ("all-ecs", "all-eks")}
    [task] = elb.describe_target_health(TargetGroupArn=groups["all-ecs"])["TargetHealthDescriptions"]
    elb.deregister_targets(TargetGroupArn=groups["all-eks"], Targets=[{"Id": "10.0.0.9", "Port": 8000}])
    elb.register_targets(TargetGroupArn=groups["all-eks"], Targets=[task["Target"]])

    printed = deployment.succeed(*MOVE, "--lambda-zip", code, "--inside-network")

    assert printed.count(SENT_BY.format("all=eks")) == 3
    assert "The new units answer as the old ones do." in printed
    deployment.close()


def group(deployment: Deployment, unit: str) -> str:
    name = f"shapeshift-{deployment.environment}-{unit}"
    [stack] = deployment.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return next(str(each["OutputValue"]) for each in stack["Outputs"] if each["OutputKey"] == "TargetGroupArn")
