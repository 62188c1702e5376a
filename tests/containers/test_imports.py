"""A process loads what it uses: its packages are written down, and a new one is a decision."""

import shutil
from pathlib import Path

import pytest

from containers.settings import Settings
from service.domain.entities import ENTITIES
from tests.containers.imports import ROOT, Start, complaints, load
from tests.examples import table_variables

SECRET = {"CURSOR_SECRET": "x" * 16}
MEMORY = {**SECRET, "STORE": "memory"}
DYNAMODB = {**SECRET, "AWS_REGION": "x", **table_variables()}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
POD_IDENTITY = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials"}
POSTGRESQL = {**SECRET, "STORE": "postgresql", "DATABASE_URL": "postgresql://h/shop"}
# Systems Manager is not asked where the environment has every setting.
EVERY_SETTING = {
    **{key.upper(): str(field.default) for key, field in Settings.model_fields.items()},
    **DYNAMODB,
    "SERVICES": ",".join(ENTITIES),
    "WORKERS_IO": "16",
    "CONNECTIONS_MAX": "100",
    "REQUESTS_MAX": "100",
    "CURSOR_SECRET_PREVIOUS": "y" * 16,
    "AUTH_SCOPE_PREFIX": "shop/",
}
AUTHENTICATION = {
    "AUTH": "oidc",
    "AUTH_ISSUER": "https://issuer.example",
    "AUTH_AUDIENCE": "shop",
    "AUTH_CLIENT_ID": "shop",
    "PUBLIC_URL": "https://shop.example",
}

STARTS = {
    "local with memory": Start(MEMORY, ["every", "server"]),
    "local with sqlite": Start({}, ["every", "server", "sql", "sqlite"]),
    "local with postgresql": Start(POSTGRESQL, ["every", "server", "sql", "postgresql"]),
    "lambda with dynamodb": Start({"RUNTIME": "lambda", **DYNAMODB, **CREDENTIALS}, ["every", "lambda"]),
    "lambda with postgresql": Start({"RUNTIME": "lambda", **POSTGRESQL}, ["every", "lambda", "sql", "postgresql"]),
    # `cryptography` comes with the first token.
    "lambda with authentication": Start(
        {"RUNTIME": "lambda", **DYNAMODB, **CREDENTIALS, **AUTHENTICATION}, ["every", "lambda"]
    ),
    "local with authentication": Start({**MEMORY, **AUTHENTICATION}, ["every", "server"]),
    "ecs with dynamodb": Start({"RUNTIME": "ecs", **EVERY_SETTING}, ["every", "server", "ecs"]),
    "eks with dynamodb": Start({"RUNTIME": "eks", **DYNAMODB, **POD_IDENTITY}, ["every", "server"]),
    "eks with memory": Start({"RUNTIME": "eks", **MEMORY}, ["every", "server"]),
}


@pytest.mark.parametrize("name", STARTS)
def test_a_runtime_loads_the_packages_that_are_written_down_and_no_other(name: str, tmp_path: Path) -> None:
    problems = complaints(name, STARTS[name], load(STARTS[name], tmp_path))

    assert not problems, problems


def plant(directory: Path, line: str) -> Path:
    """Our containers with one import more."""
    planted = directory / "planted"
    shutil.copytree(ROOT / "containers", planted / "containers")
    with (planted / "containers" / "store_table.py").open("a") as source:
        source.write(f"{line}\n")
    return planted


@pytest.mark.parametrize("package", ["surplus", "xml"])
def test_a_package_that_is_new_is_reported_with_the_imports_that_lead_to_it(package: str, tmp_path: Path) -> None:
    """Whether it is somebody else's, or Python's own."""
    start = STARTS["lambda with dynamodb"]
    planted = plant(tmp_path, f"import {package}")
    (planted / "surplus.py").touch()

    problems = complaints("lambda with dynamodb", start, load(start, tmp_path, planted))

    chain = (
        f"containers.runtimes -> containers.aws_lambda -> containers.runtime -> containers.application -> "
        f"containers.settings -> containers.setting_types -> containers.store_table -> {package}"
    )
    assert f"    {package}, by containers.entrypoints.aws_lambda -> {chain}\n" in problems
    assert "or write the package down in imports.toml, with the reason" in problems


def test_a_package_that_is_written_down_but_not_loaded_is_reported(tmp_path: Path) -> None:
    start = STARTS["local with memory"]
    stale = Start(start.environ, [*start.groups, "postgresql"])

    problems = complaints("local with memory", stale, load(start, tmp_path))

    assert problems.startswith("local with memory does not load asyncpg")


def test_what_is_installed_but_not_locked_is_not_there(tmp_path: Path) -> None:
    planted = plant(tmp_path, "import moto")

    with pytest.raises(AssertionError, match="No module named 'moto'"):
        load(STARTS["local with memory"], tmp_path, planted)


def test_litestars_plugins_for_models_are_not_loaded(tmp_path: Path) -> None:
    """It would add them by itself; Pydantic's brings a second Pydantic."""
    loaded = load(STARTS["lambda with dynamodb"], tmp_path)

    assert not {"litestar.plugins.pydantic", "pydantic.v1"} & loaded.importers.keys()


def test_nothing_of_authentication_is_loaded_where_it_is_off(tmp_path: Path) -> None:
    for name in ("lambda with dynamodb", "local with memory"):
        loaded = load(STARTS[name], tmp_path).importers.keys()

        ours = ("service.http.auth", "service.adapters.oidc", "service.application.authentication", "cryptography")
        assert not [module for module in loaded if module.startswith((*ours, "containers.authentication."))]
        assert "containers.authentication" not in loaded


def test_litestar_gets_empty_modules_for_what_it_does_not_use_here(tmp_path: Path) -> None:
    loaded = load(STARTS["lambda with dynamodb"], tmp_path)

    assert not {"yaml", "pdb"} & loaded.importers.keys()
