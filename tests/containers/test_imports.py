"""A process loads what it uses."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from containers.runtimes import container_for
container_for({environ!r}).app()
print(*sys.modules)
"""


@pytest.mark.parametrize(
    ("environ", "unused"),
    [
        ({"STORE": "memory", "CURSOR_SECRET": "x"}, {"sqlalchemy", "sqlite3", "alembic", "uvicorn", "click"}),
        (
            {"RUNTIME": "lambda", "AWS_REGION": "x", "USERS_TABLE": "u", "ORDERS_TABLE": "o", "CURSOR_SECRET": "x"},
            {"sqlalchemy", "sqlite3", "alembic", "uvicorn", "click", "moto"},
        ),
        (
            {"RUNTIME": "eks", "STORE": "memory", "CURSOR_SECRET": "x", "CONFIG_DIR": "{tmp}"},
            {"boto3", "sqlalchemy", "mangum"},
        ),
        (
            {"STORE": "sqlite", "DATABASE_URL": "sqlite:///{tmp}/a.db", "CURSOR_SECRET": "x"},
            {"asyncpg", "boto3", "uvicorn"},
        ),
        (
            {"RUNTIME": "lambda", "STORE": "postgresql", "DATABASE_URL": "postgresql://h/shop", "CURSOR_SECRET": "x"},
            {"alembic", "boto3", "click", "sqlite3", "uvicorn"},
        ),
    ],
)
def test_a_runtime_loads_no_library_of_another(
    environ: dict[str, str], unused: set[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    tmp = tmp_path_factory.mktemp("imports")
    environ = {key: value.replace("{tmp}", str(tmp)) for key, value in environ.items()}

    program = PROGRAM.format(environ=environ)
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert not unused & {name.partition(".")[0] for name in loaded}
