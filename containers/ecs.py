"""Amazon ECS: parameters of Systems Manager, which environment variables override; data in DynamoDB."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from botocore.config import Config

from containers.aws import aws_client
from containers.runtime import ANY_ADDRESS, runtime_container
from service.adapters.config.environment import EnvironmentConfig
from service.adapters.config.layered import LayeredConfig
from service.adapters.config.parameter_store import ParameterStoreConfig
from service.application.ports import ConfigPort


def _ssm_client(environ: Mapping[str, str]) -> Any:
    config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})
    return aws_client(environ, "ssm", config)


def _config(environ: Mapping[str, str]) -> ConfigPort:
    variables = EnvironmentConfig(environ)
    prefix = variables.get("config_prefix") or "/shapeshift"
    return LayeredConfig(variables, ParameterStoreConfig(partial(_ssm_client, environ), prefix))


EcsContainer = runtime_container("ecs", ANY_ADDRESS, _config)
