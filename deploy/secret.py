"""The secret that signs list cursors: made once, kept in Systems Manager, never shown."""

import secrets
from typing import Any, Final

from botocore.exceptions import ClientError

from deploy.errors import code

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
    """The secret, which is made if need be; of two runs at once, the first makes it."""
    try:
        ssm.put_parameter(Name=name(prefix), Value=secrets.token_urlsafe(32), Type="SecureString", Overwrite=False)
    except ClientError as error:
        if code(error) != "ParameterAlreadyExists":
            raise
    return str(read(ssm, prefix))


def forget(ssm: Any, prefix: str) -> None:
    """Delete it, if it is there."""
    ssm.delete_parameters(Names=[name(prefix)])
