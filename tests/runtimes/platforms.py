"""What a shop needs to run on a platform, with data in DynamoDB."""

from pathlib import Path
from uuid import uuid4

from service.application.ports import table_setting
from service.domain.entities import ENTITIES
from tests.runtimes.processes import run

SERVED = ("local", "ecs", "eks")
"""The runtimes on which `shapeshift serve` is what runs."""


def a_shop(**settings: str) -> dict[str, str]:
    """Settings with tables that nobody else uses."""
    return {
        **{table_setting(name): f"{name}-{uuid4()}" for name in ENTITIES},
        "cursor_secret": "from-its-own-home",
        **settings,
    }


def migrated(directory: Path, environ: dict[str, str]) -> dict[str, str]:
    """The environment, once its tables are there."""
    ran = run(directory, "migrate", **environ)
    assert ran.returncode == 0, ran.stderr
    return environ
