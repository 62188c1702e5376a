"""The one AWS session of a process, from which every client is made."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from service.application.ports import ConfigUnavailable


def aws_session(environ: Mapping[str, str]) -> Any:
    """A session in the region that the platform says it is in; boto3 by itself only knows AWS_DEFAULT_REGION."""
    return boto3.session.Session(region_name=environ.get("AWS_REGION") or None)


def aws_client(session: Any, service: str, config: Config) -> Any:
    """A client of a service. Raises `ConfigUnavailable` where there is no region, or an endpoint that is no URL."""
    try:
        return session.client(service, config=config)
    except (BotoCoreError, ValueError) as error:
        raise ConfigUnavailable(f"AWS cannot be used for {service}: {error}") from error
