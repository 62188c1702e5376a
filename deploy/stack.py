"""A stack: as it is, as it shall be, and what would change in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# A creation that failed leaves a stack that can only be deleted.
DEAD: Final = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"}
ABSENT: Final = {"DELETE_COMPLETE", "REVIEW_IN_PROGRESS"}


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as it is."""

    id: str
    name: str
    status: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Stack":
        """A stack as boto3 gives it."""
        return cls(
            id=told["StackId"],
            name=told["StackName"],
            status=told["StackStatus"],
            outputs={each["OutputKey"]: each["OutputValue"] for each in told.get("Outputs", [])},
            parameters={each["ParameterKey"]: each.get("ParameterValue", "") for each in told.get("Parameters", [])},
        )

    @property
    def is_busy(self) -> bool:
        """Whether CloudFormation is at work on it."""
        return self.status.endswith("_IN_PROGRESS")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stack as it shall be. A parameter that is not here keeps its value, or has the template's default."""

    name: str
    template: str
    parameters: Mapping[str, str]
    adopts: bool = False
    """Whether it takes over resources of the names it gives, which an earlier stack left."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a change set would do to one resource."""

    sign: str
    resource: str
    kind: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Change":
        """A change as boto3 gives it."""
        change = told["ResourceChange"]
        sign = {"Add": "+", "Import": "+", "Remove": "-"}.get(change["Action"], "~")
        if sign == "~" and change.get("Replacement") == "True":
            sign = "!"
        return cls(sign, change["LogicalResourceId"], change["ResourceType"])


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a template says of one of its parameters."""

    default: str | None
    is_secret: bool
