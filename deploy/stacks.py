"""CloudFormation: change sets, waiting, and what happens on the way."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from deploy.errors import DeployError, message
from deploy.events import STACK, Event, last_operation, remedy, root_cause
from deploy.stack import ABSENT, DEAD, Change, Parameter, Stack, Wanted

_NOTHING_TO_DO: Final = ("didn't contain changes", "No updates are to be performed")


@dataclass(slots=True)
class _Operation:
    """What is under way on a stack; a stack that is gone can be asked about by its id only."""

    id: str
    name: str
    seen: set[str] = field(default_factory=set)
    """The events that were told, or that were there before."""
    has_begun: bool = False
    """Until it has, the stack's state is still that from before."""


class StackFailed(DeployError):
    """A stack could not be brought to what was asked."""


@dataclass(slots=True)
class Stacks:
    """The stacks of one account and region."""

    client: Any
    say: Callable[[str], None]
    tags: Mapping[str, str]
    _began: float = field(default_factory=time.monotonic)
    _declared: dict[str, dict[str, Parameter]] = field(default_factory=dict)

    def all(self, names: Iterable[str]) -> dict[str, Stack]:
        """Those of these stacks that exist, by name."""
        sought = set(names)
        pages = self.client.get_paginator("describe_stacks").paginate()
        found = (Stack.of(each) for page in pages for each in page["Stacks"] if each["StackName"] in sought)
        return {stack.name: stack for stack in found if stack.status not in ABSENT}

    def find(self, name: str) -> Stack | None:
        """This stack, if it exists."""
        stack = self._describe(name)
        return None if stack is None or stack.status in ABSENT else stack

    def declared(self, template: str) -> dict[str, Parameter]:
        """The template's parameters."""
        if template not in self._declared:
            summary = self.client.get_template_summary(TemplateBody=template)
            self._declared[template] = {
                each["ParameterKey"]: Parameter(each.get("DefaultValue"), bool(each.get("NoEcho")))
                for each in summary["Parameters"]
            }
        return self._declared[template]

    def preview(self, wanted: Wanted) -> list[Change]:
        """What would change. A change set is made for it, and deleted again."""
        before = self._describe(wanted.name)
        if before and before.status not in ABSENT and (before.is_busy or before.status in DEAD):
            return [Change("!", f"{before.status} since an earlier run, which `up` waits for or replaces", STACK)]
        try:
            with self._change_set(wanted) as name:
                if name is None:
                    return []
                return list(self._changes(wanted.name, name))
        finally:
            if before is None:
                self._discard(wanted.name)

    def apply(self, wanted: Sequence[Wanted]) -> None:
        """Bring the stacks to this, side by side, and return when they are. Raises `StackFailed`."""
        for each in wanted:
            self._make_ready(each.name)
        begun = [operation for each in wanted if (operation := self._begin(each))]
        self._wait(begun)

    def delete(self, names: Sequence[str]) -> None:
        """Delete the stacks, side by side, and return when they are gone. Raises `StackFailed`."""
        begun = [self._operation(stack) for name in names if (stack := self._settled(name))]
        for operation in begun:
            self._tell(operation.name, "is deleted")
            self.client.delete_stack(StackName=operation.name)
        self._wait(begun)

    def settle(self, names: Iterable[str]) -> None:
        """Wait until CloudFormation is at work on none of them: an earlier run may have been ended."""
        for name in names:
            self._settled(name)

    def _settled(self, name: str) -> Stack | None:
        stack = self.find(name)
        if stack and stack.is_busy:
            self._tell(name, f"{stack.status}, from an earlier run: waiting for it")
            self._watch([_Operation(stack.id, name)])
            stack = self.find(name)
        return stack

    def _make_ready(self, name: str) -> None:
        stack = self._settled(name)
        if stack and stack.status == "UPDATE_ROLLBACK_FAILED":
            self._tell(name, "its last update could not be undone: trying that again")
            operation = self._operation(stack)
            self.client.continue_update_rollback(StackName=name)
            self._watch([operation])
        elif stack and stack.status in DEAD:
            self._tell(name, f"{stack.status}: its creation failed before, so it is deleted and made again")
            self.delete([name])

    def _begin(self, wanted: Wanted) -> _Operation | None:
        with self._change_set(wanted) as change_set:
            stack = self._describe(wanted.name)
            if change_set is None or stack is None:
                self._tell(wanted.name, "no changes")
                return None
            operation = self._operation(stack)
            self.client.execute_change_set(StackName=wanted.name, ChangeSetName=change_set)
            return operation

    def _operation(self, stack: Stack) -> _Operation:
        return _Operation(stack.id, stack.name, {event.id for event in self._events(stack.id)})

    @contextmanager
    def _change_set(self, wanted: Wanted) -> Iterator[str | None]:
        """Make a change set; yields its name, or nothing where there is nothing to change."""
        existing = self.find(wanted.name)
        change_set = f"deploy-{time.time_ns()}"
        try:
            self.client.create_change_set(
                StackName=wanted.name,
                ChangeSetName=change_set,
                ChangeSetType="UPDATE" if existing else "CREATE",
                TemplateBody=wanted.template,
                Parameters=self._parameters(wanted, existing),
                Capabilities=["CAPABILITY_IAM"],
                Tags=[{"Key": key, "Value": value} for key, value in self.tags.items()],
                ImportExistingResources=wanted.adopts,
            )
        except ClientError as error:
            if any(words in message(error) for words in _NOTHING_TO_DO):
                yield None
                return
            raise
        described = self._await_change_set(wanted.name, change_set)
        try:
            if described["Status"] != "FAILED":
                yield change_set
            elif any(words in described["StatusReason"] for words in _NOTHING_TO_DO):
                yield None
            else:
                raise StackFailed(f"{wanted.name} cannot be changed: {described['StatusReason']}")
        finally:
            self._discard_change_set(wanted.name, change_set)

    def _parameters(self, wanted: Wanted, existing: Stack | None) -> list[dict[str, Any]]:
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in wanted.parameters.items()]
        kept = set(existing.parameters if existing else ()) & set(self.declared(wanted.template))
        return given + [{"ParameterKey": key, "UsePreviousValue": True} for key in kept - set(wanted.parameters)]

    def _await_change_set(self, stack: str, change_set: str) -> dict[str, Any]:
        for _ in _ever_slower():
            described: dict[str, Any] = self.client.describe_change_set(StackName=stack, ChangeSetName=change_set)
            if described["Status"] in {"CREATE_COMPLETE", "FAILED"}:
                return described
        raise AssertionError

    def _discard_change_set(self, stack: str, change_set: str) -> None:
        """Executed ones are kept by CloudFormation, as history; it refuses to delete them while they are at work."""
        try:
            described = self.client.describe_change_set(StackName=stack, ChangeSetName=change_set)
            if described.get("ExecutionStatus") in {"AVAILABLE", "UNAVAILABLE"}:
                self.client.delete_change_set(StackName=stack, ChangeSetName=change_set)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"ChangeSetNotFound", "ChangeSetNotFoundException"}:
                raise

    def _discard(self, name: str) -> None:
        """Delete what a change set for a new stack leaves: a stack that was never made."""
        stack = self._describe(name)
        if stack and stack.status == "REVIEW_IN_PROGRESS":
            self.client.delete_stack(StackName=name)

    def _changes(self, stack: str, change_set: str) -> Iterator[Change]:
        pages = self.client.get_paginator("describe_change_set").paginate(StackName=stack, ChangeSetName=change_set)
        for page in pages:
            yield from (Change.of(each) for each in page["Changes"] if "ResourceChange" in each)

    def _wait(self, operations: Sequence[_Operation]) -> None:
        """Return when all are done. Raises `StackFailed` for those that failed."""
        self._watch(operations)
        stacks = [stack for each in operations if (stack := self._describe(each.id))]
        failed = [stack for stack in stacks if "ROLLBACK" in stack.status or stack.status.endswith("_FAILED")]
        if failed:
            raise StackFailed("\n".join(map(self._explain, failed)))

    def _watch(self, operations: Sequence[_Operation]) -> None:
        """Tell each new event, until nothing is under way."""
        under_way = list(operations)
        for _ in _ever_slower():
            for operation in list(under_way):
                stack = self._describe(operation.id)
                events = last_operation(self._events(operation.id))
                new = [event for event in events if event.id not in operation.seen]
                operation.seen.update(event.id for event in new)
                operation.has_begun |= any(event.is_of_stack for event in new)
                for event in {each.resource: each for each in new if not each.is_of_stack}.values():
                    self._tell(operation.name, f"{event.status:<20} {event.resource} {event.reason}".rstrip())
                if stack is None or (operation.has_begun and not stack.is_busy):
                    under_way.remove(operation)
                    self._tell(operation.name, stack.status if stack else "DELETE_COMPLETE")
            if not under_way:
                return

    def _explain(self, stack: Stack) -> str:
        cause = root_cause(last_operation(self._events(stack.id)))
        reason = f"{cause.resource} ({cause.kind}): {cause.reason}" if cause else "CloudFormation gives no reason."
        remedies = [f"  {remedy(cause.reason)}"] if cause and remedy(cause.reason) else []
        after = (
            "It was undone: what ran before still runs."
            if stack.status == "UPDATE_ROLLBACK_COMPLETE"
            else f"The stack is {stack.status}; the next run takes care of that."
        )
        again = f"{after} When the cause is mended, run the same command again."
        return "\n".join([f"{stack.name} failed. The cause:", f"  {reason}", *remedies, again])

    def _describe(self, name: str) -> Stack | None:
        try:
            [told] = self.client.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in message(error):
                return None
            raise
        return Stack.of(told)

    def _events(self, stack: str) -> Iterator[Event]:
        """All events, the newest first."""
        for page in self.client.get_paginator("describe_stack_events").paginate(StackName=stack):
            yield from map(Event.of, page["StackEvents"])

    def _tell(self, stack: str, text: str) -> None:
        self.say(f"{time.monotonic() - self._began:5.0f} s  {stack}  {text}")


def _ever_slower() -> Iterator[None]:
    """Moments at which to ask: soon at first, every few seconds in the end."""
    pause = 0.1
    while True:
        yield None
        time.sleep(pause)
        pause = min(pause * 1.3, 4.0)
