"""Clients of AWS."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from boto3.session import Session
from botocore.config import Config

_CONFIG = Config(retries={"mode": "standard", "max_attempts": 5})


@dataclass(frozen=True, slots=True)
class Identity:
    """The person or role that calls AWS."""

    account: str
    arn: str


class Aws:
    """The clients for one account and region, with the SDK's environment variables, such as `AWS_ENDPOINT_URL`."""

    def __init__(self, profile: str | None, region: str | None) -> None:
        """Raises `ProfileNotFound`."""
        self.session = Session(profile_name=profile, region_name=region)
        self.client = cache(self._client)

    @property
    def region(self) -> str:
        """The region; empty if none is chosen."""
        return self.session.region_name or ""

    def identity(self) -> Identity:
        """Return whose credentials these are. Raises the errors of botocore."""
        response = self.client("sts").get_caller_identity()
        return Identity(response["Account"], response["Arn"])

    def _client(self, service: str) -> Any:
        return self.session.client(service, config=_CONFIG)
