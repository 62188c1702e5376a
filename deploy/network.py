"""The addresses of an existing network."""

from ipaddress import IPv4Network
from typing import Any

from deploy.errors import DeployError
from deploy.options import Network


def targets_cidr(ec2: Any, network: Network) -> str:
    """Return the CIDR block of the network that contains the private subnets, in which targets are.

    Raises `DeployError` if no single block contains them.
    """
    [vpc] = ec2.describe_vpcs(VpcIds=[network.vpc_id])["Vpcs"]
    subnets = ec2.describe_subnets(SubnetIds=network.private_subnets.split(","))["Subnets"]
    others = [str(each["CidrBlock"]) for each in vpc.get("CidrBlockAssociationSet", [])]
    for block in (str(vpc["CidrBlock"]), *others):
        if all(IPv4Network(each["CidrBlock"]).subnet_of(IPv4Network(block)) for each in subnets):
            return block
    raise DeployError(
        f"The private subnets are in several CIDR blocks of {network.vpc_id}; the load balancer sends to one range.",
        "Give a range that contains them, such as: --set edge.VpcCidr=10.0.0.0/8",
    )
