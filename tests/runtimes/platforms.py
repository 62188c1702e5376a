"""How each platform hands a process its settings. Data is in DynamoDB, but on a laptop."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from tests.runtimes.processes import run

LOOPBACK = "127.0.0.1"

Settings = dict[str, str]
Platform = Callable[[Path, dict[str, str], Settings], dict[str, str]]


def a_shop(**settings: str) -> Settings:
    """Settings with tables that nobody else uses."""
    return {
        "users_table": f"users-{uuid4()}",
        "orders_table": f"orders-{uuid4()}",
        "cursor_secret": "from-its-own-home",
        **settings,
    }


def migrated(directory: Path, environ: dict[str, str]) -> dict[str, str]:
    """The environment, once its tables are there."""
    ran = run(directory, "migrate", **environ)
    assert ran.returncode == 0, ran.stderr
    return environ


def on_a_laptop(_directory: Path, _aws: dict[str, str], settings: Settings) -> dict[str, str]:
    """The settings in environment variables."""
    return {key.upper(): value for key, value in settings.items()}


def on_ecs(_directory: Path, aws: dict[str, str], settings: dict[str, str]) -> dict[str, str]:
    """The settings in Systems Manager; the platform is known by its metadata address."""
    prefix = f"/{uuid4()}"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in aws.items():
            patch.setenv(name, value)
        ssm = boto3.session.Session().client("ssm")
    for key, value in settings.items():
        ssm.put_parameter(Name=f"{prefix}/{key}", Value=value, Type="SecureString")
    ssm.close()
    return {
        **aws,
        "ECS_CONTAINER_METADATA_URI_V4": "http://169.254.170.2/v4/x",
        "CONFIG_PREFIX": prefix,
        "HOST": LOOPBACK,
    }


def on_eks(directory: Path, aws: dict[str, str], settings: dict[str, str]) -> dict[str, str]:
    """The settings in files as Kubernetes mounts them; the platform is known by its service's address."""
    mounted = directory / "etc"
    (mounted / "..2026").mkdir(parents=True)
    (mounted / "..data").symlink_to("..2026")
    for key, value in settings.items():
        (mounted / "..2026" / key).write_text(f"{value}\n")
        (mounted / key).symlink_to(f"..data/{key}")
    return {**aws, "KUBERNETES_SERVICE_HOST": "10.0.0.1", "CONFIG_DIR": str(mounted), "HOST": LOOPBACK}


PLATFORMS: dict[str, Platform] = {"local": on_a_laptop, "ecs": on_ecs, "eks": on_eks}
