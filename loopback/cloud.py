"""Run as a process: ministack, and what the templates need that it lacks.

Some resource types are only recorded: their names, references and order are proven, their properties are not. The tasks
of an ECS service are processes of this machine, which read their settings and reach their tables as tasks do.
"""

import atexit
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ministack.app import main
from ministack.core import iam_actions
from ministack.services import alb, dynamodb, iam
from ministack.services.cloudformation import provisioners, stacks

from loopback.cloud_checkip import return_addresses
from loopback.cloud_one_off_tasks import run_one_off_tasks
from loopback.cloud_tasks import TASKS, start, stop, stop_all
from loopback.cloud_weights import follow_weights

TARGET_HEALTH: Final = Path("target-health.json")
"""Scripted answers to DescribeTargetHealth: a list of states for each of the next questions, whatever is registered."""

# The types that ministack does not know, and what GetAtt may ask of them.
RECORDED: Final[dict[str, tuple[str, ...]]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": (),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ("Arn",),
    "AWS::CodeDeploy::Application": (),
    "AWS::CodeDeploy::DeploymentGroup": (),
    "AWS::EC2::EIP": ("AllocationId",),
    "AWS::EC2::NatGateway": ("NatGatewayId",),
    "AWS::EC2::SecurityGroupEgress": ("Id",),
    "AWS::EC2::SecurityGroupIngress": ("Id",),
    "AWS::ECS::CapacityProvider": (),
    "AWS::ECS::ClusterCapacityProviderAssociations": (),
    "AWS::EKS::Addon": ("Arn",),
    "AWS::EKS::AccessEntry": ("AccessEntryArn",),
    "AWS::EKS::PodIdentityAssociation": ("AssociationArn", "AssociationId"),
    "AWS::Lambda::CapacityProvider": ("Arn",),
}

_handlers: dict[str, dict[str, Any]] = provisioners._RESOURCE_HANDLERS


def _record(attributes: tuple[str, ...]) -> dict[str, Any]:
    def create(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        if int(props.get("MinCapacity", 0)) > int(props.get("MaxCapacity", 0)):  # the one refusal that tests rely on
            raise ValueError("Maximum capacity cannot be less than minimum capacity (Service: ApplicationAutoScaling)")
        return f"{stack}-{logical_id}", {name: f"{stack}-{logical_id}-{name.lower()}" for name in attributes}

    def update(physical_id: str, _old: Any, props: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        return physical_id, create(physical_id.removeprefix(f"{stack}-"), props, stack)[1]

    return {"create": create, "update": update, "delete": lambda _physical_id, _props: None}


def _needs_ecs_role(handler: dict[str, Any]) -> dict[str, Any]:
    """Capacity providers need the service-linked role of ECS, which a new account does not have yet."""

    def create(logical_id: str, props: dict[str, Any], stack: str) -> Any:
        if not any("/aws-service-role/ecs.amazonaws.com/" in role["Arn"] for role in iam._roles.values()):
            raise ValueError("Unable to assume the service linked role. Verify that the role of ECS exists.")
        return handler["create"](logical_id, props, stack)

    return {**handler, "create": create}


def _records_metric_math(handler: dict[str, Any]) -> dict[str, Any]:
    """An alarm on an expression of metrics, which ministack does not know, is only recorded."""
    recorded = _record(("Arn",))

    def create(logical_id: str, props: dict[str, Any], stack: str) -> Any:
        return (recorded if "Metrics" in props else handler)["create"](logical_id, props, stack)

    def update(physical_id: str, old: Any, props: dict[str, Any], stack: str) -> Any:
        return (recorded if "Metrics" in props else handler)["update"](physical_id, old, props, stack)

    def delete(physical_id: str, props: dict[str, Any]) -> None:
        (recorded if "Metrics" in props else handler)["delete"](physical_id, props)

    return {**handler, "create": create, "update": update, "delete": delete}


def _registers_its_targets(handler: dict[str, Any]) -> dict[str, Any]:
    """A target group of a function has its target from the template."""

    def create(logical_id: str, props: dict[str, Any], stack: str) -> Any:
        arn, attributes = handler["create"](logical_id, props, stack)
        alb._targets[arn] = [dict(target) for target in props.get("Targets", [])]
        return arn, attributes

    return {**handler, "create": create}


def _runs_its_task(handler: dict[str, Any]) -> dict[str, Any]:
    """One task of each service runs: `shapeshift serve`, with the variables of the task definition."""

    def create(logical_id: str, props: dict[str, Any], stack: str) -> Any:
        arn, attributes = handler["create"](logical_id, props, stack)
        start(arn, props)
        return arn, attributes

    def update(physical_id: str, old_props: dict[str, Any], props: dict[str, Any], stack: str) -> Any:
        answer = handler["update"](physical_id, old_props, props, stack)
        before = TASKS.pop(physical_id, None)
        start(physical_id, props)
        stop(before)
        return answer

    def delete(physical_id: str, props: dict[str, Any]) -> None:
        stop(TASKS.pop(physical_id, None))
        handler["delete"](physical_id, props)

    return {**handler, "create": create, "update": update, "delete": delete}


def _names_resources(resource_of: Callable[..., str]) -> Callable[..., str]:
    """GetParametersByPath reads the parameters below the path; a service-linked role has the path of its service."""

    def resource(service: str, *request: Any) -> str:
        found = resource_of(service, *request)
        if service == "iam":
            _method, _path, _headers, _body, params, _region, account = request
            linked = params.get("AWSServiceName")
            name = linked[0] if isinstance(linked, list) else linked
            return f"arn:aws:iam::{account}:role/aws-service-role/{name}/AWSServiceRole" if name else found
        if service == "ssm" and found == "*":
            _method, _path, _headers, body, _query, region, account = request
            path = json.loads(body).get("Path")
            return f"arn:aws:ssm:{region}:{account}:parameter{path}" if path else found
        return found

    return resource


def _returns_scripted_health(describe: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def described(params: Any) -> Any:
        answers = json.loads(TARGET_HEALTH.read_text()) if TARGET_HEALTH.exists() else []
        if not answers:
            return describe(params)
        TARGET_HEALTH.write_text(json.dumps(answers[1:]))
        member = "<member><TargetHealth><State>{}</State></TargetHealth></member>"
        members = "".join(map(member.format, answers[0]))
        return alb._xml(200, "DescribeTargetHealth", f"<TargetHealthDescriptions>{members}</TargetHealthDescriptions>")

    return described


def _updates_tables_in_time() -> None:
    """A table that was updated is busy until it is described: DynamoDB refuses to delete it meanwhile."""
    busy: set[str] = set()
    update, delete, describe = dynamodb._update_table, dynamodb._delete_table, dynamodb._describe_table

    def updated(data: dict[str, Any]) -> Any:
        busy.add(data["TableName"])
        return update(data)

    def deleted(data: dict[str, Any]) -> Any:
        if data["TableName"] in busy:
            refusal = f"Attempt to change a resource which is still in use: Table is being updated: {data['TableName']}"
            return dynamodb.error_response_json("ResourceInUseException", refusal, 400)
        return delete(data)

    def described(data: dict[str, Any]) -> Any:
        busy.discard(data["TableName"])
        return describe(data)

    dynamodb._update_table, dynamodb._delete_table, dynamodb._describe_table = updated, deleted, described


def _extend() -> None:
    _handlers.update({name: _record(attributes) for name, attributes in RECORDED.items() if name not in _handlers})
    for name, extended in (
        ("AWS::ElasticLoadBalancingV2::TargetGroup", _registers_its_targets),
        ("AWS::ECS::Service", _runs_its_task),
        ("AWS::CloudWatch::Alarm", _records_metric_math),
        ("AWS::ECS::ClusterCapacityProviderAssociations", _needs_ecs_role),
    ):
        _handlers[name] = extended(_handlers[name])
    _updates_tables_in_time()
    follow_weights()
    return_addresses()
    run_one_off_tasks()
    alb._ACTION_MAP["DescribeTargetHealth"] = _returns_scripted_health(alb._describe_target_health)
    iam_actions.extract_resource_arn = _names_resources(iam_actions.extract_resource_arn)
    # A task that starts calls back into this process.
    blocks = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda kind: kind == "AWS::ECS::Service" or blocks(kind)
    atexit.register(stop_all)


if __name__ == "__main__":
    _extend()
    main()
