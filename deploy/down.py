"""Taking an environment away; the data only if that is asked for."""

from collections.abc import Callable

from deploy import secret
from deploy.errors import DeployError
from deploy.picture import Picture
from deploy.run import Run
from deploy.stack import Wanted
from deploy.up import remove
from service.domain.entities import ENTITIES


def down(run: Run, consent: Callable[[], None], *, data: bool) -> None:
    """Delete everything, and the data too if `data`. Raises `DeployError`."""
    picture = run.look()
    goes = [*(unit.stack for unit in picture.units), *_present(picture, "cluster", "edge", "registry", "network")]
    if data:
        goes += _present(picture, "data")
    if not goes and not data:
        run.say("There is nothing to take away.")
        return
    run.say(f"These go, of {run.place.app}-{run.place.environment}:")
    for name in goes:
        run.say(f"  - {run.place.name(name)}")
    if "registry" in goes:
        run.say("    with the images and ZIPs in it")
    run.say(f"  - the tables with all {' and '.join(ENTITIES)}, and the cursor secret" if data else "  The data stays.")
    if any(unit.compute == "eks" for unit in picture.units) and run.tools.missing("kubectl"):
        raise DeployError("kubectl is not installed, and pods on EKS must be removed first.")
    consent()

    run.stacks.settle(stack.name for stack in picture.stacks.values())
    if picture.routed:
        run.stacks.apply([run.design.routed(run.look(), {})])
    remove(run, picture.units)
    run.stacks.delete([run.place.name(name) for name in _present(picture, "cluster")])
    if "registry" in picture.stacks:
        _empty_bucket(run, picture)
    run.stacks.delete([run.place.name(name) for name in _present(picture, "edge", "registry")])
    run.stacks.delete([run.place.name(name) for name in _present(picture, "network")])
    if data:
        _delete_data(run, picture)


def _present(picture: Picture, *names: str) -> list[str]:
    return [name for name in names if name in picture.stacks]


def _empty_bucket(run: Run, picture: Picture) -> None:
    """A bucket is deleted only when nothing is in it; repositories empty themselves."""
    bucket = picture.outputs().get("CodeBucket")
    if bucket:
        s3 = run.aws.client("s3")
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])


def _delete_data(run: Run, picture: Picture) -> None:
    """The stack keeps its tables when it goes, so they are deleted by name; an earlier run may have left them."""
    if "data" in picture.stacks:
        wanted = run.design.shared("data", picture, [])
        unprotected = Wanted(wanted.name, wanted.template, {**wanted.parameters, "DeletionProtection": "false"})
        run.stacks.apply([unprotected])
        run.stacks.delete([wanted.name])
    dynamodb = run.aws.client("dynamodb")
    for name in map(run.place.table, ENTITIES):
        try:
            dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
            dynamodb.delete_table(TableName=name)
        except dynamodb.exceptions.ResourceNotFoundException:
            continue
        dynamodb.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 2, "MaxAttempts": 150})
        run.say(f"table {name} is deleted")
    secret.forget(run.aws.client("ssm"), run.place.prefix)
