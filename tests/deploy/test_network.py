"""Which addresses of an existing network the load balancer sends requests to."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from deploy.errors import DeployError
from deploy.network import targets_cidr
from deploy.options import Network

NETWORK = Network("vpc-1", "subnet-1,subnet-2", "subnet-3,subnet-4")


def ec2(*private: str) -> Any:
    """A client whose network has a primary and a secondary block, and private subnets with these blocks."""
    client = boto3.session.Session("id", "secret").client("ec2", "eu-central-1")
    stub = Stubber(client)
    blocks = [{"CidrBlock": "10.9.0.0/16"}, {"CidrBlock": "100.64.0.0/16"}]
    vpc = {"CidrBlock": "10.9.0.0/16", "CidrBlockAssociationSet": blocks}
    stub.add_response("describe_vpcs", {"Vpcs": [vpc]}, {"VpcIds": ["vpc-1"]})
    subnets = [{"CidrBlock": block} for block in private]
    stub.add_response("describe_subnets", {"Subnets": subnets}, {"SubnetIds": ["subnet-3", "subnet-4"]})
    stub.activate()
    return client


def test_it_sends_to_the_block_of_the_private_subnets() -> None:
    assert targets_cidr(ec2("10.9.1.0/24", "10.9.2.0/24"), NETWORK) == "10.9.0.0/16"
    assert targets_cidr(ec2("100.64.1.0/24", "100.64.2.0/24"), NETWORK) == "100.64.0.0/16"


def test_private_subnets_in_two_blocks_need_a_range_that_contains_both() -> None:
    with pytest.raises(DeployError, match=r"--set edge.VpcCidr=10.0.0.0/8"):
        targets_cidr(ec2("10.9.1.0/24", "100.64.2.0/24"), NETWORK)
