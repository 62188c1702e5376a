"""What a shop needs to run on a platform, with data in DynamoDB."""

from pathlib import Path
from uuid import uuid4

from tests.runtimes.processes import run

SERVED = ("local", "ecs", "eks")
"""The runtimes on which `shapeshift serve` is what runs."""


def a_shop(**settings: str) -> dict[str, str]:
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
