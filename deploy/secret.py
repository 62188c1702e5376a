"""The secret settings: kept in Parameter Store, never printed. The one that signs list cursors is generated once."""

import secrets
from typing import Any, Final

from botocore.exceptions import ClientError

from deploy.errors import DeployError, code
from deploy.settings import SECRETS

# The service refuses a shorter one.
_LEAST_CHARACTERS: Final = 16
# Used in a plan before the secret exists.
PLACEHOLDER: Final = "0" * 32


def name(prefix: str) -> str:
    """Return the name of the parameter that has the secret that signs list cursors."""
    return f"{prefix}/cursor_secret"


def read(ssm: Any, parameter: str) -> str | None:
    """Return the value of a parameter, if there is one."""
    try:
        return str(ssm.get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"])
    except ClientError as error:
        if code(error) == "ParameterNotFound":
            return None
        raise


def ensure(ssm: Any, prefix: str) -> str:
    """Return the secret, which is generated if there is none; if two runs do so at once, the first one wins.

    Raises `DeployError` for an existing one that the service would refuse.
    """
    try:
        ssm.put_parameter(Name=name(prefix), Value=secrets.token_urlsafe(32), Type="SecureString", Overwrite=False)
    except ClientError as error:
        if code(error) != "ParameterAlreadyExists":
            raise
    secret = str(read(ssm, name(prefix)))
    if len(secret.strip()) < _LEAST_CHARACTERS:
        raise DeployError(
            f"The parameter {name(prefix)} has fewer than {_LEAST_CHARACTERS} characters.",
            "Delete it, and the next run generates a new one; the cursors that callers hold become invalid.",
        )
    return secret


def with_optional(ssm: Any, prefix: str, cursor_secret: str) -> dict[str, str]:
    """Return every secret setting by its name; one that is absent is empty."""
    return {"cursor_secret": cursor_secret, **{each: read(ssm, f"{prefix}/{each}") or "" for each in SECRETS}}


def delete(ssm: Any, prefix: str) -> None:
    """Delete the secrets that there are."""
    for parameter in (name(prefix), *(f"{prefix}/{each}" for each in SECRETS)):
        try:
            ssm.delete_parameter(Name=parameter)
        except ClientError as error:
            if code(error) != "ParameterNotFound":
                raise
