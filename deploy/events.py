"""The events of a CloudFormation operation, and the cause of a failure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

STACK: Final = "AWS::CloudFormation::Stack"
_STARTS: Final = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS")

# What to do about frequent failures, by words of their reason.
_REMEDIES: Final[Mapping[str, str]] = {
    "already exists": "Something else has this name. Delete it, or choose another --environment.",
    "Circuit Breaker": "Tasks did not become healthy. Their log says why: the log group is named in the template.",
    "did not stabilize": "It did not become healthy in time. Its log says why: the log group is named in the template.",
    "currently in use": "An entity was inserted or removed, and rules exchange priorities. Deploy all=COMPUTE first, "
    "which has no rules for single entities.",
    "limit": "A quota of the account is used up. Service Quotas in the console raises it.",
    "quota": "Service Quotas in the console raises it.",
    "not authorized": "deploy/policy.json is a policy that suffices; deploy/README.md explains it.",
    "AccessDenied": "deploy/policy.json is a policy that suffices; deploy/README.md explains it.",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One change of the status of one resource."""

    id: str
    stack: str
    resource: str
    kind: str
    status: str
    reason: str

    @classmethod
    def of(cls, response: Mapping[str, Any]) -> "Event":
        """Return an event of a response to DescribeStackEvents."""
        return cls(
            response["EventId"],
            response["StackName"],
            response["LogicalResourceId"],
            response.get("ResourceType", ""),
            response.get("ResourceStatus", ""),
            response.get("ResourceStatusReason", ""),
        )

    @property
    def is_of_stack(self) -> bool:
        """Whether it is about the stack itself, and not about a resource in it."""
        return self.kind == STACK and self.resource == self.stack


def last_operation(newest_first: Iterable[Event]) -> list[Event]:
    """Return the events of the latest operation, the oldest first."""
    found: list[Event] = []
    for event in newest_first:
        found.insert(0, event)
        if event.is_of_stack and event.status in _STARTS:
            break
    return found


def root_cause(oldest_first: Sequence[Event]) -> Event | None:
    """Return the first failure that no other one caused: when a resource fails, CloudFormation cancels the others."""
    failures = [event for event in oldest_first if event.status.endswith("_FAILED")]
    causes = [event for event in failures if "cancelled" not in event.reason.lower()]
    return next((event for event in causes if not event.is_of_stack), next(iter(causes or failures), None))


def remedy(reason: str) -> str:
    """Return what to do about a failure, if that is known."""
    return next((text for words, text in _REMEDIES.items() if words.lower() in reason.lower()), "")
