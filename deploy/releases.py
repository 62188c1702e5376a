"""The releases of an environment: which units had the route, and what they ran (docs/adr/0035).

Each is a version of one parameter in Parameter Store, which keeps the last hundred.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from deploy.errors import code
from deploy.kubernetes import Kubernetes
from deploy.settings import SECRETS, SETTINGS, parameter
from deploy.stacks import Stacks
from deploy.state import DeployedState
from deploy.template import template_of
from deploy.units import Unit, parse

Parameters = Mapping[str, str]

# What the command computes for a unit in each run. Everything else that differs from its default belongs to a release.
_COMPUTED: Final = {
    *("App", "Environment", "Unit", "Services", "Release", "TargetGroupName", "PreviewPriority", "VpcId"),
    *("ListenerArn", "LoadBalancerSecurityGroup", "ConfigPrefix", "ClusterName", "SettingsRelease", "CursorSecret"),
    *map(parameter, (*SETTINGS, *SECRETS)),
}
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Release:
    """The units that had the route at one time, each with the parameters that say what it runs and how."""

    units: Mapping[Unit, Parameters]
    kept: Mapping[Unit, datetime] = field(default_factory=dict)
    """The units that had the route before and still exist, and until when."""
    by: str = ""
    number: int = 0
    at: datetime = _NEVER

    def kept_now(self) -> set[Unit]:
        """Return the units whose time has not ended yet."""
        return {unit for unit, until in self.kept.items() if until > datetime.now(UTC)}

    def text(self) -> str:
        """Return what `parse` reads."""
        return json.dumps(
            {
                "units": {str(unit): dict(parameters) for unit, parameters in self.units.items()},
                "kept": {str(unit): until.isoformat() for unit, until in self.kept.items()},
                "by": self.by,
            }
        )

    @classmethod
    def parse(cls, version: Mapping[str, Any]) -> "Release":
        """Return the release that a version of the parameter is."""
        content = json.loads(version["Value"])
        return cls(
            units=dict(zip(parse([*content["units"]]), content["units"].values(), strict=True)),
            kept={parse([unit])[0]: datetime.fromisoformat(until) for unit, until in content["kept"].items()},
            by=content["by"],
            number=version["Version"],
            at=version["LastModifiedDate"],
        )


@dataclass(slots=True)
class Releases:
    """The releases of one environment."""

    ssm: Any
    prefix: str
    stacks: Stacks
    kubernetes: Kubernetes

    @property
    def name(self) -> str:
        """The parameter."""
        return f"{self.prefix}/deploy/release"

    def all(self) -> list[Release]:
        """Return those that Parameter Store has, the newest first."""
        pages = self.ssm.get_paginator("get_parameter_history").paginate(Name=self.name)
        try:
            return [Release.parse(version) for page in pages for version in page["Parameters"]][::-1]
        except ClientError as error:
            if code(error) == "ParameterNotFound":
                return []
            raise

    def newest(self) -> Release:
        """Return the newest one; one without units before the first."""
        return next(iter(self.all()), Release({}))

    def add(self, release: Release) -> None:
        """Store a release, unless it is the same as the newest one."""
        newest = self.newest()
        if (newest.units, newest.kept) != (release.units, release.kept):
            tier = "Intelligent-Tiering"  # more than 4 KB, if there are many entities
            self.ssm.put_parameter(Name=self.name, Value=release.text(), Type="String", Overwrite=True, Tier=tier)

    def delete(self) -> None:
        """Forget all of them."""
        try:
            self.ssm.delete_parameter(Name=self.name)
        except ClientError as error:
            if code(error) != "ParameterNotFound":
                raise

    def running(self, unit: Unit, state: DeployedState) -> dict[str, str]:
        """Return the parameters of a deployed unit, as a release has them."""
        defaults = self.defaults(unit)
        deployed = state.stacks[unit.stack].parameters
        found = {key: value for key, value in deployed.items() if key in defaults and value != defaults[key]}
        if unit.compute == "eks":
            image, architecture = self.kubernetes.running(unit)
            found |= {"ImageUri": image, "Architecture": architecture}
        return found

    def defaults(self, unit: Unit) -> dict[str, str]:
        """Return the defaults of the parameters that belong to a release; one without a default is empty."""
        declared = self.stacks.declared(template_of(unit.stack))
        return {name: each.default or "" for name, each in declared.items() if name not in _COMPUTED}
