"""Facts of AWS that cfn-lint does not know and the emulator does not enforce."""

import base64
import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from service.http.pages.assets import FILES, asset
from tests.deploy.templates import decided, read, resources, statements


def metrics_of(alarm: dict[str, Any]) -> list[Any]:
    """The names of the metrics in the expression of an alarm."""
    return [each["MetricStat"]["Metric"]["MetricName"] for each in alarm.get("Metrics", []) if "MetricStat" in each]


def test_pods_can_join_the_target_group() -> None:
    """The policies of Auto Mode allow to register targets only in groups with the tag of the cluster."""
    [group] = resources(read("all-eks"), "AWS::ElasticLoadBalancingV2::TargetGroup").values()

    assert {"Key": "eks:eks-cluster-name", "Value": {"Ref": "ClusterName"}} in group["Tags"]


def test_a_cluster_lists_fargate_only_and_the_service_names_its_provider() -> None:
    """PutClusterCapacityProviders refuses Managed Instances, and to remove FARGATE while a service uses it."""
    template = read("all-ecs")
    [capacity] = resources(template, "AWS::ECS::ClusterCapacityProviderAssociations").values()
    [service] = resources(template, "AWS::ECS::Service").values()
    [provider] = resources(template, "AWS::ECS::CapacityProvider").values()

    assert capacity["CapacityProviders"] == ["FARGATE"]
    assert [each["CapacityProvider"] for each in capacity["DefaultCapacityProviderStrategy"]] == ["FARGATE"]
    assert provider["ClusterName"] == {"Ref": "Cluster"}
    for capacity_parameter, used in {"fargate": "FARGATE", "managed-instances": {"Ref": "ManagedInstances"}}.items():
        [strategy] = decided(service["CapacityProviderStrategy"], template, Capacity=capacity_parameter)
        assert strategy["CapacityProvider"] == used


def test_the_canary_sees_server_errors_of_requests_from_any_source() -> None:
    """A response with status 500 is not an error of the function for Lambda."""
    template = read("all-lambda")
    [rule] = resources(template, "AWS::Logs::MetricFilter").values()
    [metric] = rule["MetricTransformations"]
    alarms = resources(template, "AWS::CloudWatch::Alarm")
    [watched] = [name for name, alarm in alarms.items() if metric["MetricName"] in metrics_of(alarm)]
    [group] = resources(template, "AWS::CodeDeploy::DeploymentGroup").values()

    assert rule["LogGroupName"] == {"Ref": "LogGroup"}
    assert rule["FilterPattern"] == "{ $.status >= 500 }"
    assert {"Name": {"Ref": watched}} in group["AlarmConfiguration"]["Alarms"]


@pytest.mark.parametrize(("stack", "alarm"), [("all-ecs", "ErrorsAlarm"), ("all-lambda", "ServerErrorsAlarm")])
def test_a_few_errors_among_many_requests_do_not_roll_a_release_back(stack: str, alarm: str) -> None:
    watched = resources(read(stack), "AWS::CloudWatch::Alarm")[alarm]
    [expression] = [each["Expression"] for each in watched["Metrics"] if "Expression" in each]
    judged = re.fullmatch(r"IF\(errors >= (\d), 100 \* errors / requests, 0\)", expression)

    assert judged, "a share of the requests, and more than a single one"
    assert int(judged[1]) > 1
    assert (watched["ComparisonOperator"], watched["Threshold"]) == ("GreaterThanThreshold", 1)
    assert [each["Id"] for each in watched["Metrics"] if each.get("ReturnData", True)] == ["percentage"]


def test_no_image_expires_while_a_unit_may_run_it() -> None:
    """ECR counts images without regard to their use, and every unit runs an image that has a tag."""
    for repository in resources(read("registry"), "AWS::ECR::Repository").values():
        for rule in json.loads(repository["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]:
            assert rule["selection"]["tagStatus"] == "untagged"


def test_a_task_may_pull_an_image_of_another_account_or_region() -> None:
    [pull] = [each for each in statements(read("all-ecs")) if "ecr:BatchGetImage" in each["Action"]]
    pattern = pull["Resource"]["Fn::Sub"].replace("${AWS::Partition}", "aws")

    assert fnmatchcase("arn:aws:ecr:us-east-1:210987654321:repository/shop/service", pattern)
    assert not any(action.startswith("ecr:Put") for action in pull["Action"])


@pytest.mark.parametrize("name", FILES)
def test_a_load_balancer_accepts_each_file_of_the_pages_from_a_function(name: str) -> None:
    """It accepts 1 MB at most, in base64."""
    assert len(base64.b64encode(asset(name).compressed)) < 1_000_000
