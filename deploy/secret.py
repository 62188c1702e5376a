"""The secret that signs list cursors: made once, kept in Systems Manager, never shown."""

import secrets
from typing import Any, Final

from botocore.exceptions import ClientError

from deploy.errors import DeployError, code

# The service refuses a shorter one.
_LEAST_CHARACTERS: Final = 16
# Stands for the secret where a plan is made before there is one.
PLACEHOLDER: Final = "0" * 32


def name(prefix: str) -> str:
    """The parameter's name."""
    return f"{prefix}/cursor_secret"


def read(ssm: Any, prefix: str) -> str | None:
    """The secret, if there is one."""
    try:
        return str(ssm.get_parameter(Name=name(prefix), WithDecryption=True)["Parameter"]["Value"])
    except ClientError as error:
        if code(error) == "ParameterNotFound":
            return None
        raise


def make(ssm: Any, prefix: str) -> str:
    """The secret, which is made if need be; of two runs at once, the first makes it.

    Raises `DeployError` for one that is there and that the service would refuse.
    """
    try:
        ssm.put_parameter(Name=name(prefix), Value=secrets.token_urlsafe(32), Type="SecureString", Overwrite=False)
    except ClientError as error:
        if code(error) != "ParameterAlreadyExists":
            raise
    secret = str(read(ssm, prefix))
    if len(secret.strip()) < _LEAST_CHARACTERS:
        raise DeployError(
            f"The parameter {name(prefix)} has fewer than {_LEAST_CHARACTERS} characters.",
            "Delete it, and the next run generates a new one; the cursors that callers hold become invalid.",
        )
    return secret


def forget(ssm: Any, prefix: str) -> None:
    """Delete it, if it is there."""
    ssm.delete_parameters(Names=[name(prefix)])
