"""A CloudFormation stack: as it is, as it is to be, and the difference."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

# A stack whose creation failed can only be deleted.
FAILED_CREATION: Final = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"}
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
    def of(cls, response: Mapping[str, Any]) -> "Stack":
        """Return a stack of a response to DescribeStacks."""
        return cls(
            id=response["StackId"],
            name=response["StackName"],
            status=response["StackStatus"],
            outputs={each["OutputKey"]: each["OutputValue"] for each in response.get("Outputs", [])},
            parameters={
                each["ParameterKey"]: each.get("ParameterValue", "") for each in response.get("Parameters", [])
            },
        )

    @property
    def exists(self) -> bool:
        """Whether it has resources. A change set for a new stack, or a deletion, leaves one that has none."""
        return self.status not in ABSENT

    @property
    def is_busy(self) -> bool:
        """Whether CloudFormation is changing it."""
        return self.status.endswith("_IN_PROGRESS")


@dataclass(frozen=True, slots=True)
class StackSpec:
    """A stack as it is to be. A parameter that is not given keeps its value, or has the template's default."""

    name: str
    template: str
    parameters: Mapping[str, str]
    imports_existing: bool = False
    """Whether it takes over resources of the same names that an earlier stack left."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a change set would do to one resource: + create, ~ change, ! replace, - delete."""

    sign: str
    resource: str
    kind: str

    @classmethod
    def of(cls, response: Mapping[str, Any]) -> "Change":
        """Return a change of a response to DescribeChangeSet."""
        change = response["ResourceChange"]
        sign = {"Add": "+", "Import": "+", "Remove": "-"}.get(change["Action"], "~")
        if sign == "~" and change.get("Replacement") == "True":
            sign = "!"
        return cls(sign, change["LogicalResourceId"], change["ResourceType"])


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a template."""

    default: str | None
    is_secret: bool
