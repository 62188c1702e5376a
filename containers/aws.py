"""How a client of an AWS service is made, for every runtime."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from service.application.ports import ConfigUnavailable


def aws_client(environ: Mapping[str, str], service: str, config: Config) -> Any:
    """A client of a service in the region that the platform says it is in; boto3 knows AWS_DEFAULT_REGION only.

    Raises `ConfigUnavailable` where there is no region, or an endpoint that is no URL.
    """
    try:
        session = boto3.session.Session(region_name=environ.get("AWS_REGION") or None)
        return session.client(service, config=config)
    except (BotoCoreError, ValueError) as error:
        raise ConfigUnavailable(f"AWS cannot be used for {service}: {error}") from error
