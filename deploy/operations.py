"""Operations of CloudFormation on stacks, reported event by event until they end."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from deploy.change_sets import StackFailed
from deploy.errors import message
from deploy.events import Event, last_operation, remedy, root_cause
from deploy.polling import poll
from deploy.stack import Stack


@dataclass(slots=True)
class Operation:
    """An operation on one stack. Once a stack is deleted, it can only be described by its id."""

    id: str
    name: str
    seen: set[str] = field(default_factory=set)
    """The ids of the events that were reported, or that belong to earlier operations."""
    has_started: bool = False
    """Until it has, the stack still has the status of the operation before."""


@dataclass(slots=True)
class Operations:
    """The operations of one account and region."""

    client: Any
    say: Callable[[str], None]
    _start: float = field(default_factory=time.monotonic)

    def new(self, stack: Stack) -> Operation:
        """Return an operation that is about to start."""
        return Operation(stack.id, stack.name, {event.id for event in self._events(stack.id)})

    def wait(self, operations: Sequence[Operation]) -> None:
        """Return when all have succeeded. Raises `StackFailed`, after all have ended, for those that failed."""
        self.watch(operations)
        stacks = [stack for each in operations if (stack := self.describe(each.id))]
        failed = [stack for stack in stacks if "ROLLBACK" in stack.status or stack.status.endswith("_FAILED")]
        if failed:
            raise StackFailed("\n".join(map(self._explain, failed)))

    def watch(self, operations: Sequence[Operation]) -> None:
        """Report each new event, and return when all have ended."""
        running = list(operations)
        for _ in poll():
            for operation in list(running):
                stack = self.describe(operation.id)
                self._report_events(operation)
                if stack is None or (operation.has_started and not stack.is_busy):
                    running.remove(operation)
                    self.report(operation.name, stack.status if stack else "DELETE_COMPLETE")
            if not running:
                return

    def describe(self, name: str) -> Stack | None:
        """Return the stack of this name or id, if there is one."""
        try:
            [response] = self.client.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in message(error):
                return None
            raise
        return Stack.of(response)

    def report(self, stack: str, text: str) -> None:
        """Print a line about a stack, with the seconds since the command started."""
        self.say(f"{time.monotonic() - self._start:5.0f} s  {stack}  {text}")

    def _report_events(self, operation: Operation) -> None:
        events = last_operation(self._events(operation.id))
        new = [event for event in events if event.id not in operation.seen]
        operation.seen.update(event.id for event in new)
        operation.has_started |= any(event.is_of_stack for event in new)
        for event in {each.resource: each for each in new if not each.is_of_stack}.values():
            self.report(operation.name, f"{event.status:<20} {event.resource} {event.reason}".rstrip())

    def _explain(self, stack: Stack) -> str:
        cause = root_cause(last_operation(self._events(stack.id)))
        reason = f"{cause.resource} ({cause.kind}): {cause.reason}" if cause else "CloudFormation gives no reason."
        remedies = [f"  {remedy(cause.reason)}"] if cause and remedy(cause.reason) else []
        after = (
            "It was rolled back: what ran before still runs."
            if stack.status == "UPDATE_ROLLBACK_COMPLETE"
            else f"The stack is {stack.status}; the next run handles that."
        )
        again = f"{after} When you have removed the cause, run the same command again."
        return "\n".join([f"{stack.name} failed. The cause:", f"  {reason}", *remedies, again])

    def _events(self, stack: str) -> Iterator[Event]:
        """Yield all events, the newest first."""
        for page in self.client.get_paginator("describe_stack_events").paginate(StackName=stack):
            yield from map(Event.of, page["StackEvents"])
