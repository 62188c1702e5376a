"""What CloudFormation tells of an operation, and the reason why one failed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

STACK: Final = "AWS::CloudFormation::Stack"
_BEGINNINGS: Final = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS")

# What people can do about the failures that are met most often, by words that CloudFormation uses.
_REMEDIES: Final[Mapping[str, str]] = {
    "already exists": "Something else has this name. Delete it, or choose another --environment.",
    "Circuit Breaker": "Tasks did not become healthy. Their log says why: the log group is named in the template.",
    "did not stabilize": "It did not become healthy in time. Its log says why: the log group is named in the template.",
    "currently in use": "Rules changed places, since an entity was inserted or removed: bring all=COMPUTE up first, "
    "which has no rules for single entities.",
    "limit": "A quota of the account is used up. Service Quotas in the console raises it.",
    "quota": "Service Quotas in the console raises it.",
    "not authorized": "deploy/README.md lists what the person who deploys must be allowed.",
    "AccessDenied": "deploy/README.md lists what the person who deploys must be allowed.",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one resource's state."""

    id: str
    stack: str
    resource: str
    kind: str
    status: str
    reason: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Event":
        """An event as boto3 gives it."""
        return cls(
            told["EventId"],
            told["StackName"],
            told["LogicalResourceId"],
            told.get("ResourceType", ""),
            told.get("ResourceStatus", ""),
            told.get("ResourceStatusReason", ""),
        )

    @property
    def is_of_stack(self) -> bool:
        """Whether the stack itself is meant, and no resource in it."""
        return self.kind == STACK and self.resource == self.stack


def last_operation(newest_first: Iterable[Event]) -> list[Event]:
    """The events of what was begun last, the oldest first."""
    found: list[Event] = []
    for event in newest_first:
        found.insert(0, event)
        if event.is_of_stack and event.status in _BEGINNINGS:
            break
    return found


def root_cause(oldest_first: Sequence[Event]) -> Event | None:
    """The first failure that is no echo of another: when one resource fails, those under way are cancelled."""
    failures = [event for event in oldest_first if event.status.endswith("_FAILED")]
    causes = [event for event in failures if "cancelled" not in event.reason.lower()]
    return next((event for event in causes if not event.is_of_stack), next(iter(causes or failures), None))


def remedy(reason: str) -> str:
    """What to do about it, where that is known."""
    return next((text for words, text in _REMEDIES.items() if words.lower() in reason.lower()), "")
