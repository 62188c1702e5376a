"""An access token for the command's own requests."""

import shlex
import subprocess
from typing import Final

from deploy.errors import DeployError

_REMEDY: Final = "It has to print an access token, and nothing else."


def token_of(command: str | None) -> str:
    """Return the token that a command prints; an empty one without a command. Raises `DeployError`."""
    if command is None:
        return ""
    try:
        ended = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603  # the caller gives it
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise DeployError(f"--token-command failed: {error}.", _REMEDY) from error
    token = ended.stdout.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise DeployError("--token-command printed no token.", _REMEDY)
    return token
