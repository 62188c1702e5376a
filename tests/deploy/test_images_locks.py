"""What an image installs is what was tested, and all that its runtimes ask for."""

import platform
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.package_lambda import wheels_for
from loopback.lambda_emulator import ARCHITECTURES as MACHINES

ROOT = Path(__file__).parents[2]
EXTRAS = {
    "service": {"server", "dynamodb", "postgresql", "sqlite", "ecs", "eks", "local"},
    "lambda": {"lambda", "dynamodb", "postgresql"},
}


def text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text()


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text(lock), re.MULTILINE))


def project() -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"])


def asked_for(extras: Iterable[str]) -> set[Requirement]:
    known = project()["optional-dependencies"]
    wanted = {Requirement(each) for extra in extras for each in known[extra]}
    return {each for each in wanted if each.name != "shapeshift"}


@pytest.mark.parametrize("lock", ["service", "lambda", "build"])
def test_every_version_is_the_one_that_is_tested(lock: str) -> None:
    tested = pins("dev")

    assert pins(lock)
    assert {name: tested.get(name) for name in pins(lock)} == pins(lock)


@pytest.mark.parametrize("lock", EXTRAS)
def test_a_lock_has_what_its_runtimes_ask_for(lock: str) -> None:
    needed = {Requirement(each) for each in project()["dependencies"]} | asked_for(EXTRAS[lock])

    assert not [each for each in needed if pins(lock).get(canonicalize_name(each.name), "0") not in each.specifier]


def test_the_function_has_no_server() -> None:
    assert not {"uvicorn", "httptools", "awslambdaric"} & set(pins("lambda"))


@pytest.mark.parametrize("lock", ["service", "lambda", "build"])
def test_a_lock_has_a_hash_for_all_and_names_no_host(lock: str) -> None:
    requirements = [line for line in text(lock).splitlines() if re.match(r"[a-z]", line)]

    assert all(line.endswith("\\") for line in requirements)  # and hashes follow
    assert not re.search(r"https?:|--(extra-)?index-url|--find-links", text(lock))


def test_there_are_wheels_for_arm64_and_for_x86_64(tmp_path: Path) -> None:
    [other] = {"arm64", "x86_64"} - {MACHINES[platform.machine()]}
    pip = [sys.executable, "-m", "pip", "download", "--dest", str(tmp_path), *wheels_for(other)]

    subprocess.run([*pip, "--requirement", ROOT / "requirements" / "service.txt"], check=True)

    assert len(list(tmp_path.iterdir())) >= len(asked_for(EXTRAS["service"]))
