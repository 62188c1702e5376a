"""AWS Lambda: environment variables; data in DynamoDB."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from containers.runtime import ANY_ADDRESS, runtime_container
from containers.settings import Settings
from service.adapters.config.environment import EnvironmentConfig


def _workers_of_a_function(values: Mapping[str, Any]) -> int:
    """A function has one request at a time. Over DynamoDB it asks as many shards at once as a list has."""
    return 8 if values.get("store") == "dynamodb" else 1


class LambdaSettings(Settings):
    """The defaults of Lambda."""

    serves_many: ClassVar = False

    workers_io: int = Field(default_factory=_workers_of_a_function, ge=1, le=256)


LambdaContainer = runtime_container("lambda", ANY_ADDRESS, EnvironmentConfig, LambdaSettings)
