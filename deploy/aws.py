"""The way to AWS."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from boto3.session import Session
from botocore.config import Config

_CONFIG = Config(retries={"mode": "standard", "max_attempts": 5})


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks AWS."""

    account: str
    arn: str


class Aws:
    """One account, one region. `AWS_ENDPOINT_URL` and the SDK's other variables count, as they do everywhere."""

    def __init__(self, profile: str | None, region: str | None) -> None:
        """Raises `ProfileNotFound`."""
        self.session = Session(profile_name=profile, region_name=region)
        self.client = cache(self._client)

    @property
    def region(self) -> str:
        """The region, or nothing where none is chosen."""
        return self.session.region_name or ""

    def identity(self) -> Identity:
        """Ask AWS who we are. Raises botocore's errors where it does not know."""
        told = self.client("sts").get_caller_identity()
        return Identity(told["Account"], told["Arn"])

    def _client(self, service: str) -> Any:
        return self.session.client(service, config=_CONFIG)
