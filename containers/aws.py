"""How a client of an AWS service is made, for every runtime."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, IncompleteReadError

from service.application.ports import ConfigUnavailable


def aws_client(environ: Mapping[str, str], service: str, config: Config) -> Any:
    """A client of a service in the region that the platform says it is in; boto3 knows AWS_DEFAULT_REGION only.

    Its calls fail when a connection ends in the middle of an answer. boto3 does not compare an answer with its
    announced length: one without its body would be an item that is not there.

    Raises `ConfigUnavailable` where there is no region, or an endpoint that is no URL.
    """
    try:
        session = boto3.session.Session(region_name=environ.get("AWS_REGION") or None)
        client = session.client(service, config=config)
    except (BotoCoreError, ValueError) as error:
        raise ConfigUnavailable(f"AWS cannot be used for {service}: {error}") from error
    client.meta.events.register(f"before-parse.{service}", _check_length)
    return client


def _check_length(response_dict: Mapping[str, Any], **_: object) -> None:
    there, announced = len(response_dict["body"]), int(response_dict["headers"].get("content-length", 0))
    if there < announced:
        raise IncompleteReadError(actual_bytes=there, expected_bytes=announced)
