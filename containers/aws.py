"""How a client of an AWS service is made, for every runtime.

By botocore, boto3's core, from which boto3's clients come: boto3 itself would load all that moves files to S3, which is
8% of a function's cold start.
"""

from collections.abc import Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, IncompleteReadError
from botocore.session import Session

from service.adapters.config.environment import EnvironmentConfig
from service.application.ports import ConfigUnavailable


def aws_client(environ: Mapping[str, str], service: str, config: Config) -> Any:
    """A client of a service in the region that the platform says it is in; botocore knows AWS_DEFAULT_REGION only.

    Its calls fail when a connection ends in the middle of an answer. botocore does not compare an answer with its
    announced length: one without its body would be an item that is not there.

    Raises `ConfigUnavailable` where there is no region, or an endpoint that is no URL.
    """
    try:
        client = Session().create_client(
            service, region_name=EnvironmentConfig(environ).get("aws_region"), config=config
        )
    except (BotoCoreError, ValueError) as error:
        raise ConfigUnavailable(f"AWS cannot be used for {service}: {error}") from error
    client.meta.events.register(f"before-parse.{service}", _check_length)
    return client


def _check_length(response_dict: Mapping[str, Any], **_: object) -> None:
    there, announced = len(response_dict["body"]), int(response_dict["headers"].get("content-length", 0))
    if there < announced:
        raise IncompleteReadError(actual_bytes=there, expected_bytes=announced)
