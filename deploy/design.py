"""What each stack shall be: its template, and the values of its parameters."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deploy import picture as pictures
from deploy.aws import Aws
from deploy.errors import DeployError
from deploy.options import Options
from deploy.picture import Picture, Place
from deploy.stack import DEAD, Parameter, Wanted
from deploy.stacks import Stacks
from deploy.template import template_of
from deploy.units import Unit, every_unit

# A new stack takes values from these.
_NEEDS: Final = {
    "edge": ("network",),
    "cluster": ("network", "edge"),
    "lambda": ("data", "edge"),
    "ecs": ("network", "data", "edge"),
    "eks": ("network", "data", "edge", "cluster"),
}
_REMEDY: Final = "If the network is one of your own: give --vpc-id, --public-subnets and --private-subnets again."
_TABLE_NAME: Final = re.compile(r'TableName: !Sub "\$\{App\}-\$\{Environment\}-(\w+)"')
_PRIORITIES: Final = range(1, 100)  # of rules for previews, before those of the routes
_TARGET_GROUP_NAME: Final = 32  # characters
_DIGEST: Final = 6  # characters


class NotYet(DeployError):
    """A stack takes values from another that is not there yet."""


@dataclass(slots=True)
class Design:
    """The stacks of an environment as they shall be."""

    aws: Aws
    place: Place
    options: Options
    stacks: Stacks

    def shared(self, name: str, picture: Picture, target: Sequence[Unit]) -> Wanted:
        """A stack that the units share. Its routes, if it is the load balancer's, stay as they are."""
        facts = self._facts(picture)
        if name == "network":
            facts["NatGateway"] = str(self._needs_nat(picture, target)).lower()
        if name == "edge":
            scheme = self._value("edge", "edge", "Scheme", picture) or "internal"
            facts["SubnetIds"] = facts.get("PublicSubnetIds" if scheme == "internet-facing" else "PrivateSubnetIds", "")
        return self._wanted(name, name, picture, facts)

    def routed(self, picture: Picture, groups: Mapping[str, str]) -> Wanted:
        """The load balancer's stack, with its routes to the target groups of these units, by name."""
        edge = self.shared("edge", picture, [])
        return Wanted(edge.name, edge.template, {**edge.parameters, **pictures.routes(groups)})

    def unit(self, unit: Unit, picture: Picture, artifact: Mapping[str, str], secret: str) -> Wanted:
        """A unit's own stack, which runs this image or ZIP."""
        facts = {
            **self._facts(picture),
            **artifact,
            "Unit": unit.label,
            "Services": ",".join(unit.services),
            "TargetGroupName": _at_most(self.place.name(f"{unit.label}-fn"), _TARGET_GROUP_NAME),
            "PreviewPriority": preview_priority(unit, picture),
            "CursorSecret": secret,
        }
        return self._wanted(unit.stack, unit.compute, picture, facts)

    def cluster_is_public(self, picture: Picture) -> bool:
        """Whether kubectl reaches the cluster from outside its network."""
        return bool(self._value("cluster", "cluster", "PublicAccessCidrs", picture))

    def _wanted(self, name: str, kind: str, picture: Picture, facts: Mapping[str, str]) -> Wanted:
        template = template_of(name)
        declared = self.stacks.declared(template)
        given = self.options.given(kind)
        if unknown := sorted(set(given) - set(declared)):
            raise DeployError(f"{kind} has no parameter {unknown[0]}.", f"It has: {', '.join(sorted(declared))}.")
        values = {**{key: value for key, value in facts.items() if key in declared and value}, **given}
        # An empty choice between image and ZIP must be told, or the previous one stays.
        values |= {key: facts[key] for key in ("ImageUri", "CodeBucket", "CodeKey") if key in declared and key in facts}
        before = self._before(name, picture)
        if not before and (missing := [each for each in _NEEDS.get(kind, ()) if not self._has(each, picture)]):
            raise NotYet(f"{self.place.name(name)} needs what {' and '.join(missing)} would tell it.", _REMEDY)
        if "Release" in declared:
            effective = {key: each.default for key, each in declared.items()} | {**before, **values}
            values["Release"] = _release(template, declared, effective, values)
        adopts = name == "data" and not before
        if adopts:  # CloudFormation takes over only what has its name in plain letters
            template = _TABLE_NAME.sub(lambda found: f"TableName: {self.place.table(found[1])}", template)
        return Wanted(self.place.name(name), template, values, adopts)

    def _facts(self, picture: Picture) -> dict[str, str]:
        facts = {"App": self.place.app, "Environment": self.place.environment, **picture.outputs()}
        if self.options.network:
            network = self.options.network
            facts |= {
                "VpcId": network.vpc_id,
                "VpcCidr": self._cidr(network.vpc_id),
                "PublicSubnetIds": network.public_subnets,
                "PrivateSubnetIds": network.private_subnets,
            }
        facts["SubnetIds"] = facts.get("PrivateSubnetIds", "")
        facts["Architecture"] = self.options.architecture or ""
        return facts

    def _cidr(self, vpc_id: str) -> str:
        [vpc] = self.aws.client("ec2").describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
        return str(vpc["CidrBlock"])

    def _has(self, name: str, picture: Picture) -> bool:
        return name in picture.stacks or (name == "network" and self.options.network is not None)

    def _needs_nat(self, picture: Picture, target: Sequence[Unit]) -> bool:
        units = {*picture.units, *target}
        managed = any(
            self._value("lambda", unit.stack, "ManagedInstances", picture) == "true"
            for unit in units
            if unit.compute == "lambda"
        )
        return managed or pictures.needs_nat(units)

    def _value(self, kind: str, name: str, parameter: str, picture: Picture) -> str | None:
        return self.options.given(kind).get(parameter) or self._before(name, picture).get(parameter)

    @staticmethod
    def _before(name: str, picture: Picture) -> Mapping[str, str]:
        """The parameters of the stack as it is, unless it is one that can only be made again."""
        stack = picture.stacks.get(name)
        return stack.parameters if stack and stack.status not in DEAD else {}


def preview_priority(unit: Unit, picture: Picture) -> str:
    """Return the priority that the unit has, or one that no other unit has or gets."""
    taken = {each: picture.stacks[each.stack].parameters.get("PreviewPriority", "") for each in picture.units}
    free = (str(number) for number in _PRIORITIES if str(number) not in taken.values())
    new = (each for each in every_unit() if each not in taken)
    return taken.get(unit) or dict(zip(new, free, strict=False))[unit]


def _at_most(name: str, length: int) -> str:
    """Return the name, or its beginning and a hash of it if it is longer."""
    if len(name) <= length:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: length - _DIGEST - 1].rstrip('-')}-{digest}"


def _release(
    template: str, declared: Mapping[str, Parameter], effective: Mapping[str, Any], values: Mapping[str, str]
) -> str:
    """Names what is deployed: the same for the same template and values, another for others.

    A secret is known only where this run gives it, which it always does.
    """
    told = {
        key: values.get(key, "") if declared[key].is_secret else value or ""
        for key, value in effective.items()
        if key in declared and key != "Release"
    }
    return hashlib.sha256(json.dumps([template, told], sort_keys=True).encode()).hexdigest()[:16]
