"""How each platform hands a process its settings."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3

LOOPBACK = "127.0.0.1"

Settings = Mapping[str, str]
Platform = Callable[[Path, Mapping[str, str], Settings], dict[str, str]]
"""From an empty directory, the variables that lead the SDK to AWS, and settings, to the environment of a process."""


@cache
def _session(key_id: str, secret: str) -> Any:
    """Kept, for it reads much before it makes its first client."""
    return boto3.session.Session(key_id, secret)


def in_variables(_directory: Path, aws: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The settings in environment variables."""
    return {**aws, **{key.upper(): value for key, value in settings.items()}}


def on_ecs(_directory: Path, aws: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The settings in Systems Manager; the platform is known by its metadata address."""
    prefix = f"/{uuid4()}"
    session = _session(aws["AWS_ACCESS_KEY_ID"], aws["AWS_SECRET_ACCESS_KEY"])
    ssm = session.client("ssm", aws["AWS_REGION"], endpoint_url=aws["AWS_ENDPOINT_URL"])
    for key, value in settings.items():
        ssm.put_parameter(Name=f"{prefix}/{key}", Value=value, Type="SecureString")
    ssm.close()
    return {
        **aws,
        "ECS_CONTAINER_METADATA_URI_V4": "http://169.254.170.2/v4/x",
        "CONFIG_PREFIX": prefix,
        "HOST": LOOPBACK,
    }


def on_eks(directory: Path, aws: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The settings in files as Kubernetes mounts them; the platform is known by its service's address."""
    mounted = directory / "etc"
    (mounted / "..2026").mkdir(parents=True)
    (mounted / "..data").symlink_to("..2026")
    for key, value in settings.items():
        (mounted / "..2026" / key).write_text(f"{value}\n")
        (mounted / key).symlink_to(f"..data/{key}")
    return {**aws, "KUBERNETES_SERVICE_HOST": "10.0.0.1", "CONFIG_DIR": str(mounted), "HOST": LOOPBACK}


def on_lambda(directory: Path, aws: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The settings in environment variables; the platform is known by the function's name."""
    return {**in_variables(directory, aws, settings), "AWS_LAMBDA_FUNCTION_NAME": "shop"}


PLATFORMS: dict[str, Platform] = {"local": in_variables, "lambda": on_lambda, "ecs": on_ecs, "eks": on_eks}
"""How the platform of each runtime does it."""
