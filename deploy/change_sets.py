"""CloudFormation's change sets: what a stack would become, computed by AWS before anything is changed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import time_ns
from typing import Any, Final

from botocore.exceptions import ClientError

from deploy.errors import DeployError, code, message
from deploy.polling import poll
from deploy.stack import Change, Parameter, Stack, StackSpec

_NO_CHANGES: Final = ("didn't contain changes", "No updates are to be performed")


class StackFailed(DeployError):
    """A stack could not be created, updated or deleted."""


@dataclass(slots=True)
class ChangeSets:
    """The change sets of one account and region."""

    client: Any
    tags: Mapping[str, str]
    _declared: dict[str, dict[str, Parameter]] = field(default_factory=dict)

    def declared(self, template: str) -> dict[str, Parameter]:
        """Return the template's parameters."""
        if template not in self._declared:
            summary = self.client.get_template_summary(TemplateBody=template)
            self._declared[template] = {
                each["ParameterKey"]: Parameter(each.get("DefaultValue"), bool(each.get("NoEcho")))
                for each in summary["Parameters"]
            }
        return self._declared[template]

    @contextmanager
    def create(self, spec: StackSpec, existing: Stack | None) -> Iterator[str | None]:
        """Create a change set, and delete it afterwards unless it was executed.

        Yields its name, or `None` if there is nothing to change. Raises `StackFailed`.
        """
        change_set = f"deploy-{time_ns()}"
        try:
            self.client.create_change_set(
                StackName=spec.name,
                ChangeSetName=change_set,
                ChangeSetType="UPDATE" if existing else "CREATE",
                TemplateBody=spec.template,
                Parameters=self._parameters(spec, existing),
                Capabilities=["CAPABILITY_IAM"],
                Tags=[{"Key": key, "Value": value} for key, value in self.tags.items()],
                ImportExistingResources=spec.imports_existing,
            )
        except ClientError as error:
            if _has_no_changes(message(error)):
                yield None
                return
            raise
        response = self._wait(spec.name, change_set)
        try:
            if response["Status"] != "FAILED":
                yield change_set
            elif _has_no_changes(response["StatusReason"]):
                yield None
            else:
                raise StackFailed(f"{spec.name} cannot be changed: {response['StatusReason']}")
        finally:
            self._delete(spec.name, change_set)

    def changes(self, stack: str, change_set: str) -> list[Change]:
        """Return what it would change."""
        pages = self.client.get_paginator("describe_change_set").paginate(StackName=stack, ChangeSetName=change_set)
        return [Change.of(each) for page in pages for each in page["Changes"] if "ResourceChange" in each]

    def _parameters(self, spec: StackSpec, existing: Stack | None) -> list[dict[str, Any]]:
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in spec.parameters.items()]
        kept = set(existing.parameters if existing else ()) & set(self.declared(spec.template))
        return given + [{"ParameterKey": key, "UsePreviousValue": True} for key in kept - set(spec.parameters)]

    def _wait(self, stack: str, change_set: str) -> dict[str, Any]:
        for _ in poll():
            response: dict[str, Any] = self.client.describe_change_set(StackName=stack, ChangeSetName=change_set)
            if response["Status"] in {"CREATE_COMPLETE", "FAILED"}:
                return response
        raise AssertionError

    def _delete(self, stack: str, change_set: str) -> None:
        """Delete it unless it was executed: CloudFormation keeps those, and refuses to delete them meanwhile."""
        try:
            response = self.client.describe_change_set(StackName=stack, ChangeSetName=change_set)
            if response.get("ExecutionStatus") in {"AVAILABLE", "UNAVAILABLE"}:
                self.client.delete_change_set(StackName=stack, ChangeSetName=change_set)
        except ClientError as error:
            if code(error) not in {"ChangeSetNotFound", "ChangeSetNotFoundException"}:
                raise


def _has_no_changes(reason: str) -> bool:
    return any(words in reason for words in _NO_CHANGES)
