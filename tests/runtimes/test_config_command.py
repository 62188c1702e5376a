"""What `shapeshift config` shows on each runtime, and what is said about values that cannot be used."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from loopback.platforms import PLATFORMS
from service.application.ports import table_setting
from service.domain.entities import ENTITIES
from tests.runtimes.processes import run, serving

ROOT = Path(__file__).parents[2]
TABLES = [*map(table_setting, ENTITIES)]
NEEDED = (*TABLES, "cursor_secret")


def rows(table: str) -> dict[str, list[str]]:
    return {name: rest for name, *rest in (re.split(" {2,}", line) for line in table.splitlines()[2:])}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("runtime", ["ecs", "eks", "lambda"])
def test_what_is_missing_is_shown_as_required_and_reported_alone(
    runtime: str, tmp_path: Path, aws: dict[str, str]
) -> None:
    found = run(tmp_path, "config", **PLATFORMS[runtime](tmp_path, aws, {}))

    assert found.returncode == 1
    shown = rows(found.stdout)
    assert {key for key, row in shown.items() if row[0] == "(required)"} == set(NEEDED)
    assert shown["database_url"] == ["(not set)", "default"]
    assert shown["workers_io"] == ["8" if runtime == "lambda" else "32", "default"]
    assert "Pydantic" not in found.stdout
    assert [line.split(":")[0].strip() for line in found.stderr.splitlines()[1:]] == [*NEEDED]


@pytest.mark.timeout(60)
def test_what_cannot_be_used_is_shown_where_it_is_and_reported(tmp_path: Path, aws: dict[str, str]) -> None:
    settings = {
        **dict.fromkeys(TABLES, "x"),
        "cursor_secret": f"s3cret\u200b{'x' * 16}",
        "log_level": "\ufeffDEBUG",
    }
    environ = PLATFORMS["eks"](tmp_path, aws, settings)

    found = run(tmp_path, "config", **environ)

    assert found.returncode == 1
    shown = rows(found.stdout)
    place = f"file {environ['CONFIG_DIR']}/cursor_secret"
    assert shown["cursor_secret"] == ["(unusable)", place]
    assert shown["log_level"] == ["DEBUG", f"file {environ['CONFIG_DIR']}/log_level"]
    told = f"  cursor_secret: contains an invisible character (U+200B) at position 7 (looked in: {place})"
    assert found.stderr.splitlines()[1:] == [told]
    assert "s3cret" not in found.stdout + found.stderr


@pytest.mark.timeout(60)
def test_a_laptop_shows_its_defaults_and_needs_nothing(tmp_path: Path) -> None:
    found = run(tmp_path, "config")

    assert (found.returncode, found.stderr) == (0, "")
    shown = rows(found.stdout)
    assert shown["database_url"] == ["********", "default"]
    assert shown["users_table"] == ["(not set)", "default"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("variable", ["HOST", "PORT", "RUNTIME"])
def test_a_variable_that_is_no_setting_is_refused_alike(variable: str, tmp_path: Path) -> None:
    found = run(tmp_path, "serve", **{"PORT": "0", variable: "1\u200b2"})

    assert found.returncode == 1
    assert found.stderr == (
        f"shapeshift: The environment variable {variable} contains an invisible character (U+200B) at position 2.\n"
    )


@pytest.mark.timeout(60)
def test_a_byte_order_mark_before_a_variable_is_ignored(tmp_path: Path) -> None:
    environ = {"RUNTIME": "\ufefflocal", "HOST": "\ufeff127.0.0.1\r\n", "STORE": "\ufeffmemory"}
    with serving(tmp_path, **environ) as served, served.client() as client:
        assert client.get("/api/health").json()["store"] == "memory"

    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())


@pytest.mark.timeout(60)
def test_make_run_is_a_laptop_wherever_it_runs(tmp_path: Path) -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements/dev.txt", "requirements/emulator.txt", "pyproject.toml", ".venv/bin/shapeshift"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('#!/bin/sh\necho "RUNTIME=$RUNTIME shapeshift $*"\n')
    (tmp_path / ".venv/bin/shapeshift").chmod(0o755)
    elsewhere = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "K_SERVICE": "ci", "RUNTIME": "eks"}

    ran = subprocess.run(
        [make, "--silent", "--old-file=.venv", "run"],
        cwd=tmp_path,
        env={"PATH": os.defpath, **elsewhere},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ran.stdout == "RUNTIME=local shapeshift serve\n", ran.stderr
