"""Delete an environment, and its data only on request."""

from collections.abc import Callable

from deploy import secret
from deploy.errors import DeployError
from deploy.inside_network import delete_token
from deploy.moves import remove
from deploy.routes import routes, whole
from deploy.run import Run
from deploy.stack import StackSpec
from deploy.state import DeployedState
from service.domain.entities import ENTITIES


def down(run: Run, confirm: Callable[[], None], *, data: bool) -> None:
    """Delete everything, and the data too if `data`. Raises `DeployError`."""
    state = run.read_state()
    names = [*(unit.stack for unit in state.units), *_existing(state, "cluster", "edge", "registry", "network")]
    if data:
        names += _existing(state, "data")
    if not names and not data:
        run.say("There is nothing to delete.")
        return
    _announce(run, names, data=data)
    if any(unit.compute == "eks" for unit in state.units) and run.tools.missing("kubectl"):
        raise DeployError("kubectl is not installed, and pods on EKS must be deleted first.")
    confirm()

    run.stacks.wait_until_idle(stack.name for stack in state.stacks.values())
    if state.receiving:
        run.stacks.apply([run.specs.routed(run.read_state(), whole(routes({})))])
    remove(run, state.units)
    _delete(run, state, "cluster")
    _empty_bucket(run, state)
    _delete(run, state, "edge", "registry")
    _delete(run, state, "network")
    run.releases.delete()
    delete_token(run)
    if data:
        _delete_data(run, state)


def _announce(run: Run, names: list[str], *, data: bool) -> None:
    run.say(f"This is deleted, of {run.environment.full_name}:")
    for name in names:
        content = ", with the images and ZIPs in it" if name == "registry" else ""
        run.say(f"  - {run.environment.resource_name(name)}{content}")
    kept = "  The data is kept."
    run.say(f"  - the tables with all {' and '.join(ENTITIES)}, and the cursor secret" if data else kept)


def _existing(state: DeployedState, *names: str) -> list[str]:
    return [name for name in names if name in state.stacks]


def _delete(run: Run, state: DeployedState, *names: str) -> None:
    run.stacks.delete([run.environment.resource_name(name) for name in _existing(state, *names)])


def _empty_bucket(run: Run, state: DeployedState) -> None:
    """Delete the ZIPs: a bucket can only be deleted when it is empty. Repositories empty themselves."""
    bucket = state.outputs().get("CodeBucket")
    if bucket:
        s3 = run.aws.client("s3")
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])


def _delete_data(run: Run, state: DeployedState) -> None:
    """Delete the stack, which keeps its tables, and then the tables by name; an earlier run may have left them."""
    if "data" in state.stacks:
        spec = run.specs.shared("data", state, [])
        unprotected = StackSpec(spec.name, spec.template, {**spec.parameters, "DeletionProtection": "false"})
        run.stacks.apply([unprotected])
        run.stacks.delete([spec.name])
    dynamodb = run.aws.client("dynamodb")
    for name in map(run.environment.table, ENTITIES):
        try:
            dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
            dynamodb.get_waiter("table_exists").wait(TableName=name)  # it cannot be deleted while it is updated
            dynamodb.delete_table(TableName=name)
        except dynamodb.exceptions.ResourceNotFoundException:
            continue
        dynamodb.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 2, "MaxAttempts": 150})
        run.say(f"table {name} is deleted")
    secret.delete(run.aws.client("ssm"), run.environment.config_prefix)
