"""What each stack is to be: its template, and the values of its parameters."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from deploy.aws import Aws
from deploy.environment import Environment
from deploy.errors import DeployError
from deploy.names import at_most, preview_priority, release
from deploy.network import targets_cidr
from deploy.options import Options
from deploy.settings import SECRETS, SETTINGS, parameter, settings_release
from deploy.stack import StackSpec
from deploy.stacks import Stacks
from deploy.state import DeployedState
from deploy.template import template_of
from deploy.units import ALL, Unit

# A new stack takes values from these.
_NEEDS: Final = {
    "edge": ("network",),
    "cluster": ("network", "edge"),
    "lambda": ("data", "edge"),
    "ecs": ("network", "data", "edge"),
    "eks": ("network", "data", "edge", "cluster"),
}
# These do not change while a stack exists, unless the options name another network.
_KEPT: Final = {"VpcId", "VpcCidr", "SubnetIds"}
_REMEDY: Final = "If the network is your own: give --vpc-id, --public-subnets and --private-subnets again."
# Their resources outlive them, or are created by others, and a later stack takes them over.
_IMPORTING: Final = {"data", "cluster"}
_NAME: Final = re.compile(r'(TableName|LogGroupName): !Sub "(\S+)"')
_TARGET_GROUP_NAME: Final = 32  # characters


class MissingStack(DeployError):
    """A stack takes values from another one that does not exist yet."""


@dataclass(slots=True)
class Specs:
    """The stacks of an environment as they are to be."""

    aws: Aws
    environment: Environment
    options: Options
    stacks: Stacks

    def shared(self, name: str, state: DeployedState, target: Sequence[Unit]) -> StackSpec:
        """Return a stack that the units share. The routes of the load balancer stay as they are."""
        values = self._values(state)
        if name == "network":
            values["NatGateway"] = str(self._needs_nat(state, {*state.units, *target})).lower()
        if name == "edge":
            scheme = self._value("edge", "edge", "Scheme", state) or "internal"
            subnets = "PublicSubnetIds" if scheme == "internet-facing" else "PrivateSubnetIds"
            values["SubnetIds"] = values.get(subnets, "")
        return self._spec(name, name, state, values)

    def routed(self, state: DeployedState, parameters: Mapping[str, str]) -> StackSpec:
        """Return the load balancer's stack with these parameters, which are its routes."""
        edge = self.shared("edge", state, [])
        return StackSpec(edge.name, edge.template, {**edge.parameters, **parameters})

    def unit(
        self, unit: Unit, state: DeployedState, artifact: Mapping[str, str], secrets: Mapping[str, str]
    ) -> StackSpec:
        """Return a unit's own stack, which runs this image or ZIP with these secret settings."""
        settings = self.settings(state)
        values = {
            **self._values(state),
            **artifact,
            "Unit": unit.label,
            "Services": ",".join(unit.services),
            "TargetGroupName": at_most(self.environment.resource_name(f"{unit.label}-fn"), _TARGET_GROUP_NAME),
            "PreviewPriority": preview_priority(unit, state),
            "FunctionUrl": "iam" if self._has_own_url(unit, state, settings) else "",
            "SettingsRelease": settings_release(settings, secrets),
            **{parameter(name): value for name, value in {**settings, **secrets}.items()},
        }
        return self._spec(unit.stack, unit.compute, state, values)

    def _has_own_url(self, unit: Unit, state: DeployedState, settings: Mapping[str, str]) -> bool:
        """Whether a new function gets a URL, unless a person chooses.

        With authentication it gets none: a signature and a token both need the header Authorization.
        """
        return unit == Unit(ALL, "lambda") and not state.parameters(unit.stack) and settings["auth"] == "none"

    def settings(self, state: DeployedState) -> dict[str, str]:
        """Return the settings of the service that the environment will have; an empty one is not set."""
        values = {**state.parameters("data"), **self.options.given("data")}
        return {name: values.get(parameter(name)) or default for name, default in SETTINGS.items()}

    def client_cidr(self, state: DeployedState) -> str | None:
        """Return who may connect to an internet-facing load balancer; `None` if it will be internal."""
        values = {**state.parameters("edge"), **self.options.given("edge")}
        return values.get("ClientCidr", "") if values.get("Scheme") == "internet-facing" else None

    def cluster_is_public(self, state: DeployedState) -> bool:
        """Whether kubectl reaches the cluster from outside its network."""
        return bool(self._value("cluster", "cluster", "PublicAccessCidrs", state))

    def _spec(self, name: str, kind: str, state: DeployedState, computed: Mapping[str, str]) -> StackSpec:
        template = template_of(name)
        declared = self.stacks.declared(template)
        given = self.options.given(kind)
        before = state.parameters(name)
        kept = {key for key in _KEPT if before.get(key) and not self.options.network}
        values = {key: value for key, value in computed.items() if key in declared.keys() - kept and value}
        values |= given
        # An empty value says that there is no image, no ZIP, no such setting; without it, the previous one would stay.
        may_be_empty = {"ImageUri", "CodeBucket", "CodeKey", *map(parameter, (*SETTINGS, *SECRETS))}
        empty = may_be_empty & declared.keys() & computed.keys()
        values |= {key: computed[key] for key in empty}
        if not before and (missing := [each for each in _NEEDS.get(kind, ()) if not self._exists(each, state)]):
            full_name = self.environment.resource_name(name)
            raise MissingStack(f"{full_name} needs values of {' and '.join(missing)}.", _REMEDY)
        if "Release" in declared:
            values["Release"] = release(template, declared, before, values)
        if name in _IMPORTING:  # CloudFormation imports only resources whose name is a literal
            template = _NAME.sub(lambda found: f"{found[1]}: {self._literal(found[2])}", template)
        return StackSpec(self.environment.resource_name(name), template, values, name in _IMPORTING)

    def _literal(self, name: str) -> str:
        return name.replace("${App}", self.environment.app).replace("${Environment}", self.environment.name)

    def _values(self, state: DeployedState) -> dict[str, str]:
        """Return the values of parameters that several templates have, by name."""
        values = {"App": self.environment.app, "Environment": self.environment.name, **state.outputs()}
        if self.options.network:
            network = self.options.network
            values |= {
                "VpcId": network.vpc_id,
                "VpcCidr": self._value("edge", "edge", "VpcCidr", state)
                or targets_cidr(self.aws.client("ec2"), network),
                "PublicSubnetIds": network.public_subnets,
                "PrivateSubnetIds": network.private_subnets,
            }
        values["SubnetIds"] = values.get("PrivateSubnetIds", "")
        return values

    def _exists(self, stack: str, state: DeployedState) -> bool:
        return stack in state.stacks or (stack == "network" and self.options.network is not None)

    def _needs_nat(self, state: DeployedState, units: Iterable[Unit]) -> bool:
        """Whether something in the private subnets calls AWS from there."""
        return any(
            unit.compute != "lambda" or self._value("lambda", unit.stack, "ManagedInstances", state) == "true"
            for unit in units
        )

    def _value(self, kind: str, stack: str, parameter: str, state: DeployedState) -> str | None:
        """Return the value that a parameter will have, if it was given, now or before."""
        return self.options.given(kind).get(parameter) or state.parameters(stack).get(parameter)
