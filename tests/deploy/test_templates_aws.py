"""Facts of AWS that cfn-lint does not know and the emulator does not enforce."""

from tests.deploy.templates import decided, read, resources


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
