"""The address from which this machine reaches the internet."""

import os
from ipaddress import IPv4Address
from typing import Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from deploy.errors import DeployError

_WHO_AM_I: Final = "https://checkip.amazonaws.com"
"""AWS's own: it answers with the address of whoever asks."""
_PATIENCE_SECONDS: Final = 10
_LONGEST_ANSWER: Final = 100  # bytes


def public_address() -> str:
    """Return the IPv4 address of this machine as AWS sees it. Raises `DeployError` if AWS does not tell it."""
    server = os.environ.get("AWS_ENDPOINT_URL") or _WHO_AM_I  # noqa: TID251  # the SDK's variable
    request = Request(server, headers={"Host": urlsplit(_WHO_AM_I).netloc})  # noqa: S310  # AWS, or what stands for it
    try:
        with urlopen(request, timeout=_PATIENCE_SECONDS) as response:  # noqa: S310  # likewise
            return str(IPv4Address(response.read(_LONGEST_ANSWER).decode().strip()))
    except (URLError, OSError, ValueError) as error:
        raise DeployError(
            f"--allow-me: {_WHO_AM_I} did not tell the public address of this machine: {error}.",
            "Give it yourself: --allow-cidr ADDRESS/32",
        ) from error
