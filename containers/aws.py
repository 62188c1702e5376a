"""How a client of an AWS service is made, for every runtime.

By botocore, boto3's core, from which boto3's clients come: boto3 itself would load all that moves files to S3, which is
8% of a function's cold start.
"""

from collections.abc import Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError
from botocore.parsers import ResponseParserFactory
from botocore.session import Session

from service.adapters.aws.answers import JsonObject, read_answer
from service.adapters.aws.time_limit import limit_connections
from service.adapters.config.environment import EnvironmentConfig
from service.application.ports import ConfigUnavailable


def aws_client(environ: Mapping[str, str], service: str, config: Config) -> Any:
    """A client of a service in the region that the platform says it is in; botocore knows AWS_DEFAULT_REGION only.

    Its calls obey `time_limit`, and raise `NotFromAws` for a response that is not the service's own. botocore would
    take a web page, or an empty body, for an answer without members.

    Raises `ConfigUnavailable` where there is no region, or an endpoint that is no URL.
    """
    session = aws_session()
    try:
        region = EnvironmentConfig(environ).get("aws_region")
        return session.create_client(service, region_name=region, config=config)
    except NoRegionError as error:
        raise ConfigUnavailable(f"AWS cannot be used for {service}: there is no region. Set AWS_REGION.") from error
    except (BotoCoreError, ValueError) as error:
        raise ConfigUnavailable(f"AWS cannot be used for {service}: {error}") from error


def aws_session() -> Session:
    """Botocore's session, all of whose clients are as `aws_client` describes: also those that fetch credentials."""
    session = _LimitedSession()
    session.register_component("response_parser_factory", _StrictParserFactory())
    return session


class _LimitedSession(Session):  # type: ignore[misc]  # botocore has no types
    def create_client(self, *args: Any, **kwargs: Any) -> Any:
        client = super().create_client(*args, **kwargs)
        limit_connections(client)
        return client


class _StrictParserFactory(ResponseParserFactory):  # type: ignore[misc]  # likewise
    """Other protocols than JSON are those by which botocore fetches credentials."""

    def create_parser(self, protocol_name: str) -> Any:
        return _StrictParser() if protocol_name == "json" else super().create_parser(protocol_name)


class _StrictParser:
    def parse(self, response: Mapping[str, Any], _shape: object) -> JsonObject:
        status = response["status_code"]
        answer = read_answer(status, response["headers"], response["body"])
        return {**answer, "ResponseMetadata": {"HTTPStatusCode": status}}
