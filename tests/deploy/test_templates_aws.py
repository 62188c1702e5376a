"""Facts of AWS that cfn-lint does not know and the emulator does not enforce."""

from tests.deploy.templates import read, resources


def test_pods_can_join_the_target_group() -> None:
    """The policies of Auto Mode allow to register targets only in groups with the tag of the cluster."""
    [group] = resources(read("all-eks"), "AWS::ElasticLoadBalancingV2::TargetGroup").values()

    assert {"Key": "eks:eks-cluster-name", "Value": {"Ref": "ClusterName"}} in group["Tags"]
