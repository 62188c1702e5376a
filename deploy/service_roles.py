"""The service-linked role of ECS, which the first cluster of an account needs."""

from typing import Any, Final

from botocore.exceptions import ClientError

from deploy.errors import code

_EXISTS: Final = {"InvalidInput", "EntityAlreadyExists"}


def create_ecs_role(iam: Any) -> None:
    """Create the role unless it exists.

    ECS creates it with the first cluster, but does not wait until it can be used: capacity providers fail then.
    """
    try:
        iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    except ClientError as error:
        if code(error) not in _EXISTS:
            raise
