"""The CloudFormation stacks of one account and region: read, previewed, applied, deleted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from deploy.change_sets import ChangeSets
from deploy.events import STACK
from deploy.operations import Operation, Operations
from deploy.stack import FAILED_CREATION, Change, Parameter, Stack, StackSpec


class Stacks:
    """Changes are made through change sets, and reported while they are made."""

    def __init__(
        self, client: Any, say: Callable[[str], None], tags: Mapping[str, str], before_change: Callable[[], None]
    ) -> None:
        """`say` gets the report by lines; every stack gets the tags; `before_change` may raise to prevent a change."""
        self.client = client
        self._before_change = before_change
        self._change_sets = ChangeSets(client, tags)
        self._operations = Operations(client, say)

    def all(self, names: Iterable[str]) -> dict[str, Stack]:
        """Return those of these stacks that exist, by name."""
        sought = set(names)
        pages = self.client.get_paginator("describe_stacks").paginate()
        found = (Stack.of(each) for page in pages for each in page["Stacks"] if each["StackName"] in sought)
        return {stack.name: stack for stack in found if stack.exists}

    def find(self, name: str) -> Stack | None:
        """Return this stack, if it exists."""
        stack = self._operations.describe(name)
        return stack if stack and stack.exists else None

    def declared(self, template: str) -> dict[str, Parameter]:
        """Return the template's parameters."""
        return self._change_sets.declared(template)

    def preview(self, spec: StackSpec) -> list[Change]:
        """Return what `apply` would change. A change set is created for it, and deleted again."""
        before = self._operations.describe(spec.name)
        existing = before if before and before.exists else None
        if existing and (existing.is_busy or existing.status in FAILED_CREATION):
            return [Change("!", f"{existing.status} since an earlier run, which `up` waits for or replaces", STACK)]
        try:
            with self._change_sets.create(spec, existing) as change_set:
                return self._change_sets.changes(spec.name, change_set) if change_set else []
        finally:
            if before is None:
                self._delete_empty(spec.name)

    def apply(self, specs: Sequence[StackSpec]) -> None:
        """Create or update the stacks in parallel, and return when that is done. Raises `StackFailed`."""
        for spec in specs:
            self._repair(spec.name)
        self._operations.wait([operation for spec in specs if (operation := self._start(spec))])

    def delete(self, names: Sequence[str]) -> None:
        """Delete the stacks in parallel, and return when they are gone. Raises `StackFailed`."""
        stacks = [stack for name in names if (stack := self._idle(name))]
        operations = [self._operations.new(stack) for stack in stacks]
        for stack in stacks:
            self._before_change()
            self._operations.report(stack.name, "is deleted")
            self.client.delete_stack(StackName=stack.name)
        self._operations.wait(operations)

    def wait_until_idle(self, names: Iterable[str]) -> None:
        """Wait until CloudFormation is changing none of them: an earlier run may have been interrupted."""
        for name in names:
            self._idle(name)

    def _idle(self, name: str) -> Stack | None:
        stack = self.find(name)
        if stack and stack.is_busy:
            self._operations.report(name, f"{stack.status}, from an earlier run: waiting for it")
            self._operations.watch([Operation(stack.id, name)])
            stack = self.find(name)
        return stack

    def _repair(self, name: str) -> None:
        """Bring a stack whose last operation failed into a state in which it can be updated or created."""
        stack = self._idle(name)
        if stack and stack.status == "UPDATE_ROLLBACK_FAILED":
            self._operations.report(name, "the rollback of its last update failed: trying again")
            operation = self._operations.new(stack)
            self.client.continue_update_rollback(StackName=name)
            self._operations.watch([operation])
        elif stack and stack.status in FAILED_CREATION:
            self._operations.report(name, f"{stack.status}: its creation failed, so it is deleted and created again")
            self.delete([name])

    def _start(self, spec: StackSpec) -> Operation | None:
        with self._change_sets.create(spec, self.find(spec.name)) as change_set:
            stack = self._operations.describe(spec.name)
            if change_set is None or stack is None:
                self._operations.report(spec.name, "no changes")
                return None
            operation = self._operations.new(stack)
            self._before_change()
            self.client.execute_change_set(StackName=spec.name, ChangeSetName=change_set)
            return operation

    def _delete_empty(self, name: str) -> None:
        """Delete the stack without resources that a change set for a new stack leaves."""
        stack = self._operations.describe(name)
        if stack and stack.status == "REVIEW_IN_PROGRESS":
            self.client.delete_stack(StackName=name)
