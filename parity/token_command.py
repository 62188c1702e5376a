"""An access token for our own requests, as a command prints it."""

import shlex
import subprocess


class NoToken(Exception):
    """The command failed, or printed something else. The text says so, and never what was printed."""


def token_of(command: str | None) -> str:
    """Return the token that a command prints; an empty one without a command. Raises `NoToken`."""
    if command is None:
        return ""
    try:
        ended = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603  # the caller gives it
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise NoToken(f"--token-command failed: {error}.") from error
    token = ended.stdout.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise NoToken("--token-command printed no token. It has to print an access token, and nothing else.")
    return token
